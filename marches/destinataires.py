"""À qui l'on écrit d'un acheteur : les membres de son compte, et eux seuls (la structure n'en connaît pas d'autre contact)."""

from comptes.destinataires import membres_joignables
from marches.models import MaitreOuvrage
from socle.avis import Destinataire

L_ACHETEUR = "l'acheteur"


def acheteurs_joignables(maitre_ouvrage: MaitreOuvrage) -> list[Destinataire]:
    return membres_joignables(maitre_ouvrage.organisation_id)
