"""Les travaux du suivi des parcours. Sans danger deux fois : chaque point est une ligne, chaque demande y est comptée."""

from celery import shared_task

from suivi.services import demander_les_avis, demander_situations, preparer_points
from suivi.services.conservation import conserver_chaque_structure
from suivi.services.lettres import constater_les_lettres
from suivi.services.ouverture import ouvrir_les_mois_clos
from suivi.services.penalites import demander_les_decisions
from suivi.services.relances import passer_les_relances


@shared_task
def suivre_les_parcours() -> int:
    """Prépare les points des contrats finis, demande ceux qui sont dus, et l'avis de chacun à la fin des contrats."""
    preparer_points()
    return demander_situations() + demander_les_avis()


@shared_task
def conserver_ou_anonymiser() -> int:
    """Annonce et anonymise les dossiers au terme de leur conservation, et ce qui était joint aux déclarations."""
    return conserver_chaque_structure()


@shared_task
def ouvrir_les_mois() -> int:
    """Ouvre les mois clos aux déclarations. Sans danger deux fois : une déclaration par engagement et par mois."""
    return ouvrir_les_mois_clos()


@shared_task
def relancer_les_entreprises() -> int:
    """Passe les paliers dus du jour. Sans danger deux fois : une ligne par déclaration et par palier."""
    return passer_les_relances()


@shared_task
def demander_les_decisions_attendues() -> int:
    """Prévient les acheteurs dont une décision est attendue. Sans danger deux fois : un courriel par membre et pénalité."""
    return demander_les_decisions()


@shared_task
def constater_les_lettres_parties() -> int:
    """Fait courir le délai des lettres dont le courriel est parti. Sans danger deux fois : l'état de chaque lettre le dit."""
    return constater_les_lettres()
