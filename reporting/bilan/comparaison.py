"""« Pourquoi ce chiffre a changé » : deux versions d'un bilan, comparées ligne à ligne sur ce qu'elles ont gardé."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporting.bilan.provenance import relire
from reporting.bilan.sources import MAINTENANT, SOURCES
from reporting.calcul import repartitions
from reporting.calcul.indicateurs import GenreLigne, LigneSource, Resultat, Unite
from reporting.calcul.registre import PAR_CLE, VENTILES


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
    """Les chiffres qui diffèrent, ou dont les lignes diffèrent sans que la somme change, dans l'ordre du registre.

    Puis les parts d'une répartition dont une ligne a changé de groupe sans que son total bouge : rien d'autre ne le dirait.
    """
    ecarts = []
    for cle, indicateur in PAR_CLE.items():
        if cle not in VENTILES and cle in avant and cle in apres:
            une, autre = _lire(avant, cle), _lire(apres, cle)
            ecarts += _ecart(cle, indicateur.libelle, une, autre)
    for cle in repartitions.TOUTES:
        if cle in avant and cle in apres:
            du_total = {
                changement.cle for ecart in ecarts if ecart.cle == _total_de(cle) for changement in ecart.changements
            }
            ecarts += _reclassements(cle, _lire(avant, cle), _lire(apres, cle), du_total)
    return ecarts


def _lire(gardees: Mapping[str, Any], cle: str) -> Resultat:
    return relire(gardees[cle].get(MAINTENANT))


def _ecart(cle: str, libelle: str, une: Resultat, autre: Resultat) -> list[Ecart]:
    """Un écart, ou rien si ni le chiffre ni ses lignes n'ont bougé."""
    changements = _changements(une.lignes, autre.lignes)
    if not changements and _valeur(une) == _valeur(autre):
        return []
    genre = autre.genre if autre.lignes else une.genre
    return [Ecart(cle, libelle, SOURCES[cle].unite, genre, _valeur(une), _valeur(autre), changements)]


_TOTAUX = {
    Unite.PERSONNES: "beneficiaires",
    Unite.HEURES: "heures_realisees",
    Unite.MARCHES: "marches_suivis",
    Unite.ENTREPRISES: "entreprises_engagees",
    Unite.PROJETS: "projets_etudies",
    Unite.PARTICIPATIONS: "participations_entrees",
}


def _total_de(cle: str) -> str:
    """L'indicateur dont une répartition range les lignes."""
    if cle == repartitions.QUARTIERS:
        return "beneficiaires_qpv"
    return _TOTAUX.get(SOURCES[cle].unite) or cle.replace("sorties_", "sorties_connues_")


def _reclassements(cle: str, une: Resultat, autre: Resultat, du_total: Collection[int]) -> Iterator[Ecart]:
    """Les parts changées d'une répartition, si l'une de ses lignes a bougé sans bouger dans son total."""
    rangs = [_rangement(une), _rangement(autre)]
    bougees = {ligne for ligne in rangs[0] | rangs[1] if rangs[0].get(ligne) != rangs[1].get(ligne)}
    if bougees <= set(du_total):
        return
    libelles = repartitions.PAR_CLE[cle].libelles if cle in repartitions.PAR_CLE else {}
    for groupe in sorted({ligne.groupe for ligne in (*une.lignes, *autre.lignes)}):
        titre = f"{SOURCES[cle].titre} : {libelles.get(groupe, groupe)}"
        yield from _ecart(cle, titre, _du_groupe(une, groupe), _du_groupe(autre, groupe))


def _rangement(resultat: Resultat) -> dict[int, set[tuple[str, Decimal]]]:
    """Où chaque ligne est rangée, et pour combien."""
    rangement: dict[int, set[tuple[str, Decimal]]] = defaultdict(set)
    for ligne in resultat.lignes:
        rangement[ligne.id].add((ligne.groupe, Decimal(ligne.poids)))
    return dict(rangement)


def _du_groupe(resultat: Resultat, groupe: str) -> Resultat:
    lignes = tuple(ligne for ligne in resultat.lignes if ligne.groupe == groupe)
    return Resultat(len(lignes), resultat.genre, lignes, resultat.diviseur)


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
