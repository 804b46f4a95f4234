"""La porte des gestes sur un dossier : la personne, et ce qui tient à elle."""

from beneficiaires.models import Beneficiaire
from beneficiaires.permissions import peut_modifier_dossier
from comptes.acteur import Acteur
from socle.services.enregistrement import verrouiller


def tenir_le_dossier(acteur: Acteur, beneficiaire: Beneficiaire) -> Beneficiaire:
    """Le dossier verrouillé, si l'acteur peut le modifier : ses faits changent sous ce verrou."""
    beneficiaire = verrouiller(Beneficiaire.objects.select_related("structure"), acteur, beneficiaire)
    peut_modifier_dossier(acteur, beneficiaire).exiger()
    return beneficiaire
