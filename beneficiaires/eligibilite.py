"""L'éligibilité d'une personne à une date : ses critères, sa fenêtre, et pourquoi."""

from beneficiaires.models import ReglagesEligibilite
from comptes.models import Organisation

DUREE_PAR_DEFAUT_MOIS = 24  # usage de Rennes, et durée d'un Pass IAE


def duree_d_eligibilite(structure: Organisation) -> int:
    """Mois d'éligibilité à partir de la première mise à l'emploi, selon le réglage de la structure."""
    reglages = ReglagesEligibilite.objects.filter(structure=structure).values_list("duree_mois", flat=True).first()
    return reglages or DUREE_PAR_DEFAUT_MOIS
