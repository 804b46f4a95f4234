"""Les formulaires de la rédaction : pièces à produire, publics visés, variante d'un modèle, réglages."""

from django import forms

from beneficiaires.enums import CodeCritere
from marches.enums import PieceClause
from marches.models import ReglagesClause
from socle.champs import EurosField, HeuresField
from socle.forms import Formulaire, FormulaireModele


class RedactionForm(Formulaire):
    pieces = forms.MultipleChoiceField(
        label="Pièces à produire", choices=PieceClause.choices, widget=forms.CheckboxSelectMultiple
    )
    commun = forms.BooleanField(
        label="Un seul cahier, et les mêmes annexes, pour tous les lots",
        required=False,
        help_text="Décoché : un texte par lot, qui ne dit que lui. L'acte d'engagement et la fiche entreprise sont toujours "
        "propres à leur lot ; le règlement de la consultation, commun.",
    )


class PublicsField(forms.MultipleChoiceField):
    """Les publics d'une clause, à cocher."""

    def __init__(self, **options):
        super().__init__(choices=CodeCritere.choices, widget=forms.CheckboxSelectMultiple, **options)


class PublicsForm(Formulaire):
    publics = PublicsField(label="Publics visés")


class ModeleClauseForm(Formulaire):
    texte = forms.CharField(
        label="Texte du modèle", widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true"}), max_length=20000
    )
    note = forms.CharField(label="Ce qui change", required=False, max_length=200)

    def lisible(self, nom, valeur) -> str:
        return "une autre version, à lire dans « Vos versions »"


class ReglagesClauseForm(FormulaireModele):
    penalite_par_heure = EurosField(label="Pénalité par heure manquante")
    penalite_par_jour = EurosField(label="Pénalité par jour de retard")
    heures_par_etp = HeuresField(label="Heures d'un emploi à temps plein")
    publics_vises = PublicsField(
        label="Publics visés par défaut", required=False, help_text="Cochés d'avance pour chaque nouveau marché."
    )

    class Meta:
        model = ReglagesClause
        fields = [
            "contact",
            "adresse",
            "telephone",
            "courriel",
            "arrondi",
            "heures_par_etp",
            "duree_minimale_mois",
            "heures_minimales",
            "penalite_par_heure",
            "penalite_par_jour",
            "publics_vises",
        ]
