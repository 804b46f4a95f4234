"""Ce qui compte des heures de formation : la règle du marché, rien d'autre. Aucun accès à la base."""

from decimal import Decimal
from typing import cast

from marches.enums import FormationComptee
from marches.models import Engagement, Marche
from socle.nombres import arrondir

ZERO = Decimal(0)


def plafond_de_formation(marche: Marche, engagement: Engagement) -> Decimal | None:
    """Les heures de formation que l'engagement peut compter en tout ; `None` : pas de limite."""
    if marche.formation_comptee == FormationComptee.OUI:
        return None
    if marche.formation_comptee == FormationComptee.NON:
        return ZERO
    plafond = cast(Decimal, marche.plafond_formation)  # la base l'exige d'un marché plafonné
    return arrondir(engagement.heures_dues * plafond / 100, 2)


def formation_comptee(suivies: Decimal, plafond: Decimal | None, deja_comptees: Decimal) -> Decimal:
    """Les heures retenues d'un mois, quand `deja_comptees` l'ont été ailleurs sur l'engagement."""
    return suivies if plafond is None else min(suivies, max(plafond - deja_comptees, ZERO))
