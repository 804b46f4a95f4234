"""L'agenda : chaque étage y verse ses événements, sans que l'agenda le connaisse."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Evenement:
    """Une échéance d'une journée. `uid` ne change pas d'une lecture à l'autre ; aucun nom de bénéficiaire n'y entre."""

    uid: str
    jour: datetime.date
    titre: str
    detail: str = ""
    lien: str = ""
    fait: bool = False
    est_une_tache: bool = True


Source = Callable[[Any, datetime.date, datetime.date], Iterable[Evenement]]
_SOURCES: list[Source] = []


def evenements(source: Source) -> Source:
    """Inscrit une fonction `(acteur, debut, fin) -> Evenement…` comme source de l'agenda."""
    _SOURCES.append(source)
    return source


def agenda_de(acteur: Any, debut: datetime.date, fin: datetime.date) -> list[Evenement]:
    """Les événements d'un acteur entre deux jours compris, dans l'ordre."""
    trouves = [evenement for source in _SOURCES for evenement in source(acteur, debut, fin)]
    return sorted(trouves, key=lambda e: (e.jour, e.titre, e.uid))
