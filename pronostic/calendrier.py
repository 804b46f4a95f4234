"""Les mois d'une exécution, et ce que chacun en compte. Module pur."""

import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from marches.avancement import Arret, jours_d_execution
from socle.periodes import ajouter_mois, dernier_jour, premier_jour

UN = Decimal(1)


class MoisDExecution(NamedTuple):
    """Un mois du calendrier : ses bornes, et sa part d'exécution, de 0 (tout suspendu) à 1."""

    mois: datetime.date
    fin: datetime.date
    part: Decimal


@lru_cache(maxsize=1024)
def _bornes(mois: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Le dernier jour d'un mois, et le premier du suivant."""
    return dernier_jour(mois), ajouter_mois(mois, 1)


@lru_cache(maxsize=4096)
def calendrier(debut: datetime.date, fin: datetime.date, arrets: tuple[Arret, ...]) -> tuple[MoisDExecution, ...]:
    """Les mois d'une exécution ; les lots d'un marché partagent le leur."""
    rangs, mois = [], premier_jour(debut)
    while mois <= fin:
        dernier, suivant = _bornes(mois)
        part = UN
        if arrets or mois < debut or dernier > fin:
            part = Decimal(jours_d_execution(max(mois, debut), min(dernier, fin), arrets)) / dernier.day
        rangs.append(MoisDExecution(mois, dernier, part))
        mois = suivant
    return tuple(rangs)
