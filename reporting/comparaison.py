"""« Pourquoi ce chiffre a changé » : deux versions d'un bilan, comparées ligne à ligne sur ce qu'elles ont gardé."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporting.indicateurs import GenreLigne, LigneSource, Resultat, Unite
from reporting.provenance import relire
from reporting.registre import PAR_CLE, VENTILES
from reporting.sources import MAINTENANT


@dataclass(frozen=True, slots=True)
class Changement:
    """Une ligne qui n'est plus la même : `avant` ou `apres` vaut `None` quand elle n'y était pas."""

    cle: int
    avant: Decimal | None
    apres: Decimal | None

    @property
    def dit(self) -> str:
        if self.avant is None:
            return "ajoutée"
        return "retirée" if self.apres is None else "corrigée"

    @property
    def ecart(self) -> Decimal:
        return (self.apres or Decimal(0)) - (self.avant or Decimal(0))


@dataclass(frozen=True, slots=True)
class Ecart:
    """Un chiffre qui a changé. La somme des écarts de ses lignes, divisée pour des ETP, est l'écart du chiffre."""

    cle: str
    libelle: str
    unite: Unite
    genre: GenreLigne
    avant: Decimal
    apres: Decimal
    changements: tuple[Changement, ...]


def comparer(avant: Mapping[str, Any], apres: Mapping[str, Any]) -> list[Ecart]:
    """Les chiffres qui diffèrent, ou dont les lignes diffèrent sans que la somme change, dans l'ordre du registre."""
    ecarts = []
    for cle, indicateur in PAR_CLE.items():
        if cle in VENTILES or cle not in avant or cle not in apres:
            continue
        une, autre = (relire(gardees[cle].get(MAINTENANT)) for gardees in (avant, apres))
        changements = _changements(une.lignes, autre.lignes)
        if changements or _valeur(une) != _valeur(autre):
            ecarts.append(
                Ecart(
                    cle,
                    indicateur.libelle,
                    indicateur.unite,
                    autre.genre,
                    _valeur(une),
                    _valeur(autre),
                    changements,
                )
            )
    return ecarts


def _changements(avant: tuple[LigneSource, ...], apres: tuple[LigneSource, ...]) -> tuple[Changement, ...]:
    poids_avant = {ligne.id: Decimal(ligne.poids) for ligne in avant}
    poids_apres = {ligne.id: Decimal(ligne.poids) for ligne in apres}
    return tuple(
        Changement(cle, poids_avant.get(cle), poids_apres.get(cle))
        for cle in sorted(poids_avant | poids_apres)
        if poids_avant.get(cle) != poids_apres.get(cle)
    )


def _valeur(resultat: Resultat) -> Decimal:
    somme = sum((Decimal(ligne.poids) for ligne in resultat.lignes), Decimal(0))
    return somme / resultat.diviseur if resultat.diviseur else somme
