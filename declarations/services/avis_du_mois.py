"""À qui de l'entreprise on écrit d'un mois, et ce qu'on en dira."""

from declarations.models import Declaration
from entreprises.destinataires import declarant_joignable, joignables_de
from socle.avis import Avis


def avis_du_mois(declaration: Declaration, *, quand: str = "") -> Avis:
    """Qui l'a déclaré, s'il reçoit encore ; sinon le premier joignable de l'entreprise."""
    engagement = declaration.engagement
    structure = engagement.lot.marche.structure_id
    joignables = joignables_de(structure, engagement.entreprise, engagement.correspondant)
    declarant = declarant_joignable(structure, engagement.entreprise, joignables, declaration.declaree_par)
    return joignables.avis(declarant or joignables.premier, quand=quand)
