"""Le premier pas d'une structure qui tient aux bilans : ce que vaut un équivalent temps plein."""

from django.db.models import Exists, OuterRef

from comptes.enums import RESPONSABLES
from reporting.models import ReglagesBilan
from socle.premiers_pas import REGLES, premier_pas


@premier_pas(
    "etp",
    REGLES,
    "La base des équivalents temps plein",
    "Tant que rien n'est réglé : 1 600 heures, comme les consolidations nationales.",
    liens=[("Régler les bilans", "reporting:reglages")],
    roles=RESPONSABLES,
    ordre=30,
)
def _etp():
    return Exists(ReglagesBilan.objects.filter(structure=OuterRef("pk")))
