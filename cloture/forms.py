"""Les formulaires communs à la fin d'un engagement, et ses réglages."""

from django.utils import timezone

from cloture.models import ReglagesCloture
from socle.champs import NombreField
from socle.forms import Formulaire, FormulaireModele

DEUX_LIGNES, SIX_LIGNES = {"rows": 2}, {"rows": 6}


class SansValeurForm(Formulaire):
    """Rien à remplir : la page dit ce qui va se passer, le bouton le fait."""


class ReglagesClotureForm(FormulaireModele):
    class Meta:
        model = ReglagesCloture
        fields = ["jours_pour_repondre", "seuil_satisfait", "seuil_partiel"]
        field_classes = {"seuil_satisfait": NombreField, "seuil_partiel": NombreField}


def aujourd_hui() -> dict:
    return {"le": timezone.localdate(), "constatee_le": timezone.localdate(), "recues_le": timezone.localdate()}
