"""Mettre des relances en pause."""

from django import forms

from declarations.models import PauseRelances
from socle.champs import JourField
from socle.forms import FormulaireModele


class PauseForm(FormulaireModele):
    """Jusqu'à quand ne pas relancer, et pourquoi : un collègue doit comprendre sans demander."""

    jusqu_au = JourField(label="Ne pas relancer jusqu'au")

    class Meta:
        model = PauseRelances
        fields = ["jusqu_au", "motif"]


class PauseEngagementForm(PauseForm):
    SEUL, TOUS = "seul", "tous"

    portee = forms.ChoiceField(
        label="Pour",
        choices=[(SEUL, "Ce marché seulement"), (TOUS, "Tous les marchés de l'entreprise")],
        initial=SEUL,
        widget=forms.RadioSelect,
    )
