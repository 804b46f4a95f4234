"""Les travaux du suivi des parcours. Sans danger deux fois : chaque point est une ligne, chaque demande y est comptée."""

from celery import shared_task

from suivi.services import demander_situations, preparer_points


@shared_task
def suivre_les_parcours() -> int:
    """Prépare les points des contrats finis, puis demande ceux qui sont dus."""
    preparer_points()
    return demander_situations()
