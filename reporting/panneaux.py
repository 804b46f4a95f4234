"""Ce que les bilans ajoutent à la page d'une opération : où en est l'objectif de sa charte, compté comme son bilan le compte."""

from django.utils import timezone

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS
from marches.models import Operation
from reporting.bilan.operations import avancement_de, regle_de
from socle.panneaux import panneau
from socle.tables import Jauge


@panneau("marches.operation", gabarit="reporting/panneau_charte.html", acces=FACILITATEURS, ordre=10)
def charte(acteur: Acteur, operation: Operation) -> dict:
    """Vide pour une opération sans objectif chiffré : il n'y a rien à mesurer."""
    if operation.heures_visees is None:
        return {}
    regle = regle_de(operation)
    lu = avancement_de(operation, timezone.localdate(), regle)
    return {
        "jauge": Jauge(operation.heures_visees, lu.comptees),
        "avancement": lu,
        "reservee": regle.reservee,
        "quartiers": regle.noms,
    }
