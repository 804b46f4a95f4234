"""Clore, rouvrir, abandonner une offre : ses candidatures suivent."""

from django.db import transaction

from comptes.acteur import Acteur
from recrutement.enums import StatutCandidature
from recrutement.models import Offre
from recrutement.permissions import peut_avancer_offre
from recrutement.services.candidatures import classer_le_reste
from recrutement.services.offres import passer
from socle.regles import RegleViolee
from socle.services.enregistrement import verrouiller
from socle.services.journal import noter

ACTION_DE = {
    "clore": "offre_close",
    "rouvrir": "offre_rouverte",
    "abandonner": "offre_abandonnee",
}


@transaction.atomic
def avancer_offre(*, acteur: Acteur, offre: Offre, transition: str) -> Offre:
    """Clore, rouvrir, abandonner. Refermer une offre classe sans suite ce qui y restait en cours, et le dit."""
    offre = verrouiller(Offre.objects.avec_contexte(), acteur, offre)
    peut_avancer_offre(acteur, offre, transition).exiger()
    if transition == "rouvrir" and offre.candidatures.filter(statut=StatutCandidature.RETENUE).count() >= offre.postes:
        raise RegleViolee("Tous les postes sont pourvus : augmentez leur nombre avant de rouvrir.")
    passer(offre, transition)
    noter(acteur=acteur, action=ACTION_DE[transition], objet=offre)
    if not offre.est_ouverte:
        classer_le_reste(acteur, offre)
    return offre
