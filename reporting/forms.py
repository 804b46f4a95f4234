"""Les formulaires des bilans : préparer, publier, régler."""

from django import forms

from reporting.enums import Presentation
from reporting.models import ReglagesBilan
from reporting.services import financeurs_possibles
from socle.champs import NombreField
from socle.forms import Formulaire, FormulaireModele


class PreparationForm(Formulaire):
    """Quelle année, et comment s'y lisent les parts."""

    annee = forms.TypedChoiceField(label="Année", coerce=int)
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

    def __init__(self, *args, annees: list[int], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["annee"].choices = [(annee, str(annee)) for annee in annees]


class PublicationForm(Formulaire):
    """À qui le bilan est remis."""

    destinataires = forms.ModelMultipleChoiceField(
        label="Destinataires",
        queryset=None,
        to_field_name="uuid",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un destinataire."},
    )

    def borner_les_choix(self) -> None:
        self.fields["destinataires"].queryset = financeurs_possibles(self.acteur.structure)


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
