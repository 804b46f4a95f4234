"""À qui une structure écrit d'un acheteur : les comptes qu'elle y connaît, et eux seuls (elle n'a pas d'autre contact)."""

from comptes.destinataires import membres_joignables
from marches.models import MaitreOuvrage
from socle.avis import Destinataire

L_ACHETEUR = "l'acheteur"


def acheteurs_joignables(maitre_ouvrage: MaitreOuvrage, structure_id: int) -> list[Destinataire]:
    return membres_joignables(maitre_ouvrage.organisation_id, pour=structure_id)
