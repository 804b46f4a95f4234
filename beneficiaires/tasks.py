"""Les travaux des dossiers : situer plus tard ce que le service d'adresses n'a pas su situer tout de suite."""

from celery import shared_task

from beneficiaires.services import domiciles


@shared_task
def situer_domiciles() -> int:
    """Réessaie les domiciles dont l'essai est dû ; chaque échec recule le suivant."""
    return domiciles.situer_les_domiciles()
