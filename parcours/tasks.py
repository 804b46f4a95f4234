"""Les travaux des parcours. Sans danger deux fois : chaque point est une ligne, chaque demande y est comptée."""

from celery import shared_task

from parcours.services import demander_les_avis, demander_situations, preparer_points
from parcours.services.conservation import conserver_chaque_structure


@shared_task
def suivre_les_parcours() -> int:
    """Prépare les points des contrats finis, demande ceux qui sont dus, et l'avis de chacun à la fin des contrats."""
    preparer_points()
    return demander_situations() + demander_les_avis()


@shared_task
def conserver_ou_anonymiser() -> int:
    """Annonce et anonymise les dossiers au terme de leur conservation, et ce qui était joint aux déclarations."""
    return conserver_chaque_structure()
