"""Les formulaires des bilans : préparer, écrire, publier, régler."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from marches.models import MaitreOuvrage, Marche, Operation
from reporting import periodes
from reporting.enums import Presentation, Variante
from reporting.extrait_national import COLONNES
from reporting.models import ReglagesBilan
from reporting.services import financeurs_possibles
from reporting.textes import LONGUEUR_MAX, RUBRIQUES
from reporting.variantes import A_CIBLE
from socle.champs import JourField, NombreField
from socle.forms import Depliant, Formulaire, FormulaireModele

ENTRE_DEUX_DATES = "dates"


class PreparationForm(Formulaire):
    """Quelle période, quels marchés, et comment s'y lisent les parts."""

    periode = forms.ChoiceField(label="Période")
    debut = JourField(
        label="Du",
        required=False,
        help_text="Choisissez d'abord « Entre deux dates » au-dessus. Une heure est connue au mois : le mois compte en entier.",
    )
    fin = JourField(label="Au", required=False)
    maitre_ouvrage = forms.ModelChoiceField(label="Maître d'ouvrage", queryset=None, to_field_name="uuid")
    operation = forms.ModelChoiceField(label="Opération", queryset=None, to_field_name="uuid")
    marche = forms.ModelChoiceField(label="Marché", queryset=None, to_field_name="uuid")
    presentation = forms.ChoiceField(
        label="Présentation des parts",
        choices=[
            (Presentation.EXACTE, "Exacte : « 24,7 % »"),
            (Presentation.GRAND_PUBLIC, "Grand public : « ¼ », « 55 % », « près de la moitié »"),
        ],
        widget=forms.RadioSelect,
        initial=Presentation.EXACTE,
        help_text="L'autre lecture, l'effectif et le total sont toujours écrits à côté.",
    )

    def __init__(self, *args, annees: list[int], variante: Variante, **kwargs):
        self.variante = variante
        super().__init__(*args, **kwargs)
        self.fields["periode"].choices = choix_de_periodes(annees)
        bornes = [cle for cle in A_CIBLE if cle in self.fields]
        self.helper.layout = Layout("periode", Depliant("Entre deux dates", "debut", "fin"), *bornes, "presentation")

    def borner_les_choix(self) -> None:
        """Une variante n'a qu'un champ pour ce qu'elle borne : un acheteur, une opération, un marché, ou rien."""
        self.fields["maitre_ouvrage"].queryset = MaitreOuvrage.objects.visibles_par(self.acteur)
        self.fields["operation"].queryset = Operation.objects.visibles_par(self.acteur)
        self.fields["marche"].queryset = Marche.objects.visibles_par(self.acteur)
        for cle in A_CIBLE:
            if cle != self.variante:
                del self.fields[cle]

    def clean(self):
        valeurs = super().clean()
        if valeurs.get("periode") == ENTRE_DEUX_DATES:
            for nom in ("debut", "fin"):
                if not valeurs.get(nom) and nom not in self.errors:
                    self.add_error(nom, "Dites le premier et le dernier jour de la période.")
            if valeurs.get("debut") and valeurs.get("fin") and valeurs["debut"] > valeurs["fin"]:
                self.add_error("fin", "La période finit avant de commencer.")
        return valeurs

    @property
    def choix(self) -> dict[str, Any]:
        """Ce que le service attend."""
        valeurs = self.cleaned_data
        if valeurs["periode"] == ENTRE_DEUX_DATES:
            periode = periodes.en_mois_entiers(valeurs["debut"], valeurs["fin"])
        else:
            periode = periodes.lire(valeurs["periode"])
        return {
            "variante": self.variante,
            "periode": periode,
            "cible": valeurs.get(self.variante),
            "presentation": valeurs["presentation"],
        }


def choix_de_periodes(annees: list[int]) -> list:
    """Chaque année connue, ses semestres, ses trimestres ; puis deux dates."""
    groupes: list = [
        (str(annee), [(cle, periodes.nommer(periodes.lire(cle))) for cle in periodes.de_l_annee(annee)])
        for annee in annees
    ]
    return [*groupes, (ENTRE_DEUX_DATES, "Entre deux dates")]


class TextesForm(Formulaire):
    """Ce que le facilitateur écrit de l'année. **Gras**, *italique*, listes à tirets : rien d'autre à savoir."""

    AIDE = "Une ligne vide sépare deux paragraphes ; « - » en tête de ligne fait une liste ; **deux astérisques**, du gras."

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for cle, libelle in RUBRIQUES.items():
            self.fields[cle] = forms.CharField(
                label=libelle,
                required=False,
                max_length=LONGUEUR_MAX,
                widget=forms.Textarea(attrs={"rows": 8}),
                help_text=self.AIDE,
            )


class PublicationForm(Formulaire):
    """À qui le bilan est remis."""

    destinataires = forms.ModelMultipleChoiceField(
        label="Destinataires",
        queryset=None,
        to_field_name="uuid",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un destinataire."},
    )
    motif = forms.CharField(
        label="Pourquoi une nouvelle version",
        max_length=300,
        help_text="Une phrase, que les destinataires liront : « 42 heures de mars validées après coup ».",
    )

    def __init__(self, *args, version: int, **kwargs):
        self.version = version
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        self.fields["destinataires"].queryset = financeurs_possibles(self.acteur.organisation)
        if self.version == 1:
            del self.fields["motif"]


class ReglagesForm(FormulaireModele):
    heures_par_etp = NombreField(
        label="Heures par équivalent temps plein (h)",
        min_value=1,
        max_digits=6,
        decimal_places=2,
        help_text="1 600 pour les consolidations nationales ; 1 607 (durée légale) ou 1 820 (heures payées) ailleurs.",
    )

    class Meta:
        model = ReglagesBilan
        fields = ["heures_par_etp"]


class ColonnesForm(Formulaire):
    """Ce que l'extrait national garde de chacun."""

    colonnes = forms.MultipleChoiceField(
        label="Colonnes à garder",
        choices=[(colonne.cle, colonne.titre) for colonne in COLONNES.values()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Plus il y en a, plus de personnes se retrouvent dans la ligne « regroupés ».",
    )


class ExtraitNationalForm(ColonnesForm):
    annee = forms.TypedChoiceField(label="Année", coerce=int)
    field_order = ["annee", "colonnes"]

    def __init__(self, *args, annees: list[int], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["annee"].choices = [(annee, str(annee)) for annee in annees]


class ExtraitFseForm(Formulaire):
    """De quand à quand."""

    debut = JourField(label="Du", help_text="Une heure est connue au mois : le mois compte en entier.")
    fin = JourField(label="Au")

    def clean(self):
        valeurs = super().clean()
        if valeurs.get("debut") and valeurs.get("fin") and valeurs["debut"] > valeurs["fin"]:
            self.add_error("fin", "La période finit avant de commencer.")
        return valeurs
