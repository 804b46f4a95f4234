"""Une feuille lue ligne à ligne : ses bornes d'abord, puis ses rangées, ce qui est fusionné rendu à chaque ligne."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from socle.feuilles.cellules import est_vide, montrer
from socle.feuilles.releve import COLONNES_MAX, ERREUR, FUSION, Anomalie, Anomalies, Fusion, Releve
from socle.lecture import Illisible, lire_heures

QUANTITE_MAX = 10**9


@dataclass(slots=True)
class Rangees:
    """De quoi parcourir les rangées d'une feuille, autant de fois qu'on veut, depuis la première ; leur nombre."""

    parcourir: Callable[[], Iterator[Sequence[Any]]]
    nombre: int


@dataclass(slots=True, eq=False)
class Feuille:
    """Son nom et ses lignes. Rien n'est lu tant qu'on ne lui demande rien : une feuille que personne ne lit ne coûte rien.

    Lever `ClasseurRefuse` en cours de lecture : la feuille est démesurée ou abîmée.
    """

    nom: str
    _relever: Callable[[], Releve]
    _ouvrir: Callable[[], Rangees]
    masquee: bool = False
    _releve: Releve | None = field(default=None, repr=False)
    _rangees: Rangees | None = field(default=None, repr=False)

    @property
    def anomalies(self) -> Anomalies:
        """Les cellules à refuser : {ligne: {colonne: Anomalie}}, comptées à partir de 1."""
        return self._releves.anomalies

    @property
    def fusions(self) -> list[Fusion]:
        return self._releves.fusions

    @property
    def _releves(self) -> Releve:
        if self._releve is None:
            self._releve = self._relever()
        return self._releve

    def __len__(self) -> int:
        """Le nombre de ses rangées, vides comprises."""
        return self._donnees().nombre

    def _donnees(self) -> Rangees:
        if self._rangees is None:
            _ = self._releves  # ses bornes avant ses valeurs : une cellule au bout du monde coûterait toute la mémoire
            self._rangees = self._ouvrir()
        return self._rangees

    def lignes(self) -> Iterator[tuple[int, list[Any]]]:
        """(numéro de ligne du tableur, cellules depuis la colonne A) ; les lignes où rien ne se voit sont passées.

        Un texte ou une date fusionnés de haut en bas valent pour chacune de leurs lignes. Un nombre, non : il compterait
        plusieurs fois ; il se refuse.
        """
        en_cours: dict[int, tuple[int, Any]] = {}
        par_ligne = _par_ligne(self.fusions)
        for numero, lues in enumerate(self._donnees().parcourir(), start=1):
            cellules = list(lues)
            for fusion in par_ligne.get(numero, ()):
                self._fusionner(fusion, cellules, en_cours)
            for rang, (bas, valeur) in en_cours.items():
                if numero <= bas and rang < len(cellules):
                    cellules[rang] = valeur
            for colonne, anomalie in self.anomalies.get(numero, {}).items():
                if anomalie.raison == ERREUR and colonne <= len(cellules):
                    cellules[colonne - 1] = (
                        ""  # « #REF! » n'est pas un texte : selon le format, le lecteur le rend ou non
                    )
            if numero in self.anomalies or not all(est_vide(cellule) for cellule in cellules):
                yield numero, cellules

    def _fusionner(self, fusion: Fusion, cellules: list[Any], en_cours: dict[int, tuple[int, Any]]) -> None:
        rang = fusion.gauche - 1
        if fusion.bas == fusion.haut or rang >= min(len(cellules), COLONNES_MAX) or est_vide(cellules[rang]):
            return
        if _compte(cellules[rang]):
            self.anomalies.setdefault(fusion.haut, {}).setdefault(fusion.gauche, Anomalie(FUSION, str(fusion)))
        else:
            en_cours[rang] = (fusion.bas, cellules[rang])


def _compte(brut: Any) -> bool:
    """Un nombre, tapé ou non, assez court pour être une quantité : un SIRET n'en est pas une."""
    if isinstance(brut, bool) or not isinstance(brut, int | float | str):
        return False
    try:
        return abs(lire_heures(montrer(brut))) < QUANTITE_MAX
    except Illisible:
        return False


def _par_ligne(fusions: Iterable[Fusion]) -> dict[int, list[Fusion]]:
    rangees: dict[int, list[Fusion]] = defaultdict(list)
    for fusion in fusions:
        rangees[fusion.haut].append(fusion)
    return rangees
