"""Les travaux de la fin d'un engagement. Sans danger deux fois : un courriel par membre, l'état de chaque lettre."""

from celery import shared_task

from cloture.lettres.services import constater_les_lettres
from cloture.penalites.services import demander_les_decisions


@shared_task
def demander_les_decisions_attendues() -> int:
    """Prévient les acheteurs dont une décision est attendue. Sans danger deux fois : un courriel par membre et pénalité."""
    return demander_les_decisions()


@shared_task
def constater_les_lettres_parties() -> int:
    """Fait courir le délai des lettres dont le courriel est parti. Sans danger deux fois : l'état de chaque lettre le dit."""
    return constater_les_lettres()
