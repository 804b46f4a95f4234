"""Ce que l'on sait d'une période : quels mois y sont validés, à valider, attendus, rouverts, jamais déclarés.

Un mois est celui d'un engagement, comme dans les déclarations. Module pur : ses lignes viennent de `lecture.mois`.
"""

import datetime
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from socle.periodes import Periode, dernier_jour, premier_jour

PART_VALIDEE = (4, 5)  # un mois est connu quand au moins quatre déclarations sur cinq y sont validées


class Etat(StrEnum):
    VALIDE = "valides"
    A_VALIDER = "a_valider"
    ATTENDU = "attendus"
    ROUVERT = "rouverts"
    MANQUANT = "manquants"  # un trou entre deux mois déclarés d'un engagement


MANQUE = (Etat.A_VALIDER, Etat.ATTENDU, Etat.ROUVERT, Etat.MANQUANT)


class MoisSu(NamedTuple):
    marche: int
    mois: datetime.date
    etat: Etat


@dataclass(frozen=True)
class Completude:
    """Les mois d'une période, lus un jour donné ; un mois n'est clos qu'une fois fini."""

    periode: Periode
    le: datetime.date
    mois: tuple[MoisSu, ...] = ()

    def restreinte_a(self, marches: Container[int]) -> "Completude":
        return replace(self, mois=tuple(su for su in self.mois if su.marche in marches))

    @cached_property
    def par_mois(self) -> Mapping[datetime.date, Counter[Etat]]:
        comptes: dict[datetime.date, Counter[Etat]] = {mois: Counter() for mois in self.periode.mois()}
        for su in self.mois:
            comptes[su.mois][su.etat] += 1
        return comptes

    @property
    def comptes(self) -> Counter[Etat]:
        return Counter(su.etat for su in self.mois)

    def est_clos(self, mois: datetime.date) -> bool:
        return mois < premier_jour(self.le)

    def est_connu(self, mois: datetime.date) -> bool:
        """Clos, et validé pour l'essentiel ; un mois où personne n'est attendu est connu : il n'a rien."""
        comptes = self.par_mois[mois]
        assez, sur = PART_VALIDEE
        return self.est_clos(mois) and comptes[Etat.VALIDE] * sur >= sum(comptes.values()) * assez

    @cached_property
    def connue(self) -> Periode | None:
        """Du début de la période au dernier mois connu : ce qui se compare aux mêmes mois d'une autre année."""
        dernier = max((mois for mois in self.par_mois if self.est_connu(mois)), default=None)
        return None if dernier is None else Periode(self.periode.debut, min(dernier_jour(dernier), self.periode.fin))

    @property
    def comparee(self) -> Periode:
        """Les mois qui se comparent à ceux d'une autre année ; toute la période quand aucun n'est connu."""
        return self.connue or self.periode

    @property
    def est_entiere(self) -> bool:
        """Tous ses mois sont clos, et rien n'y manque."""
        manque = any(self.comptes[etat] for etat in MANQUE)
        return not manque and all(self.est_clos(mois) for mois in self.par_mois)
