"""Les travaux du mois. Sans danger deux fois : une déclaration par engagement et par mois, une ligne par palier."""

from celery import shared_task

from declarations.relances.services.passage import passer_les_relances
from declarations.services.ouverture import ouvrir_les_mois_clos


@shared_task
def ouvrir_les_mois() -> int:
    """Ouvre les mois clos aux déclarations. Sans danger deux fois : une déclaration par engagement et par mois."""
    return ouvrir_les_mois_clos()


@shared_task
def relancer_les_entreprises() -> int:
    """Passe les paliers dus du jour. Sans danger deux fois : une ligne par déclaration et par palier."""
    return passer_les_relances()
