"""La courbe d'une projection, mois par mois. Module pur."""

import datetime
from decimal import Decimal
from typing import NamedTuple

from marches.avancement import heures_attendues
from pronostic.projection import PARAMETRES, Execution, Parametres, voir

ZERO = Decimal(0)


class Point(NamedTuple):
    """Un mois de la courbe, en heures cumulées ; vide là où ce n'est pas encore, ou n'est plus, à dire."""

    mois: datetime.date
    attendues: Decimal
    faites: Decimal | None
    projetees: Decimal | None = None
    bas: Decimal | None = None
    haut: Decimal | None = None


def trajectoire(execution: Execution, le: datetime.date, parametres: Parametres = PARAMETRES) -> list[Point]:
    """Les cumuls : ce qui est fait jusqu'au dernier mois connu, ce qui se projette ensuite."""
    vue = voir(execution, le, parametres)
    connues = sorted((*execution.validees.items(), *execution.declarees.items()))
    points: list[Point] = []
    for rang in vue.mois:
        dues = heures_attendues(execution.dues, execution.debut, execution.fin, rang.fin, vue.arrets)
        if vue.dernier_connu is not None and rang.mois <= vue.dernier_connu:
            points.append(Point(rang.mois, dues, sum((h for mois, h in connues if mois <= rang.mois), ZERO)))
            continue
        if points and points[-1].faites is not None:
            # La projection part du dernier mois fait, pour que les deux lignes se rejoignent.
            depart = points[-1].faites
            points[-1] = points[-1]._replace(projetees=depart, bas=depart, haut=depart)
        venus = sum(venu.rang.mois <= rang.mois for venu in vue.a_venir)
        points.append(
            Point(rang.mois, dues, None, *_dans_l_ordre(*vue.fin_probable(execution.dues, venus, parametres)))
        )
    return points


def _dans_l_ordre(bas: Decimal, milieu: Decimal, haut: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """L'ordre des champs d'un point : la projection, puis ses bornes."""
    return milieu, bas, haut
