"""Où l'adresse d'un membre qui part sert encore : un étage du dessus le sait, `comptes` le dit à qui le retire."""

from collections.abc import Callable
from dataclasses import dataclass

from comptes.acteur import Acteur
from comptes.models import Adhesion


@dataclass(frozen=True, slots=True)
class Reste:
    """Une fiche où l'adresse est encore : ce qui y part n'est pas fermé par le départ."""

    fiche: str
    page: str


Lecture = Callable[[Acteur, Adhesion], list[Reste]]
_LECTURES: list[Lecture] = []


def reste_d_un_depart(lecture: Lecture) -> Lecture:
    """Inscrit une fonction `(acteur, adhésion) -> fiches où l'adresse sert encore`, parmi celles que l'acteur lit."""
    _LECTURES.append(lecture)
    return lecture


def restes_de(acteur: Acteur, adhesion: Adhesion) -> list[Reste]:
    return [reste for lecture in _LECTURES for reste in lecture(acteur, adhesion)]
