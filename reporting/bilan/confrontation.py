"""Ce qui va sortir, comparé à ce que son destinataire détient déjà : deux documents n'en disent pas plus à eux deux.

Un effectif se retient quand une combinaison de ce que le destinataire lit (deux versions d'un bilan, une année moins ses
trimestres, une structure moins un acheteur, un réseau moins un membre) ne garderait que d'une à quatre personnes : parmi
celles qu'il compte, celles qu'il ne compte pas, ou la population où il se lit. Un effectif lié à d'autres par un total les
entraîne : c'est le tableau entier qui se tait.

Deux effectifs se combinent s'ils disent la même chose de périodes qui se touchent, directement ou par un autre document.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any

from reporting.bilan.cases import (
    CHARTE_LUE,
    COHORTE_LUE,
    REPERES_DE_PERSONNES,
    REPERES_LUS,
    SERIES,
    SORTIES_A_DOUZE,
    Case,
    DeListe,
    Remis,
)
from reporting.bilan.masques import COLONNES, PUBLICS, QPV, Colonne
from reporting.bilan.petits import MASQUE
from reporting.bilan.reperes import reperes
from reporting.calcul.indicateurs import GenreLigne, Unite
from reporting.calcul.isolement import Effectif, isole
from reporting.calcul.registre import PAR_CLE
from reporting.donnees import DonneesBilan

type AQui = Mapping[tuple[str, Hashable], Hashable]  # {(genre de la ligne, sa clé): la personne}


# --- Comparer -------------------------------------------------------------------------------------------------------
def a_retenir(
    neuves: Iterable[Case],
    detenues: Sequence[Case],
    siennes: Effectif = frozenset(),
    a_qui: AQui | None = None,
) -> set[str]:
    """Les familles qu'il faut taire. `siennes` : les personnes que le destinataire connaît une par une (un membre d'un réseau).

    `a_qui` : la personne de chaque ligne qui n'en est pas une (heures, contrat, sortie).
    """
    par_cle: dict[str, list[Case]] = defaultdict(list)
    for case in detenues:
        par_cle[case.cle].append(case)
    return {case.famille for case in neuves if _trahit(case, par_cle[case.cle], siennes, a_qui or {})}


def _trahit(case: Case, detenues: Sequence[Case], siennes: Effectif, a_qui: AQui) -> bool:
    def qui(element: Hashable) -> Hashable:
        return element if case.genre == GenreLigne.PERSONNE else a_qui.get((case.genre, element), element)

    liees = _qui_se_touchent(case, detenues)
    if not (liees or siennes):
        return False
    for lire in (_comptes, _autres, _population):
        anciens = [lire(autre) for autre in liees]
        if siennes:
            anciens.append(frozenset(element for element in lire(case) if qui(element) in siennes))
        if isole(anciens, lire(case), qui):
            return True
    return False


def _comptes(case: Case) -> Effectif:
    return case.effectif


def _autres(case: Case) -> Effectif:
    return case.population - case.effectif


def _population(case: Case) -> Effectif:
    return case.population


def _qui_se_touchent(case: Case, detenues: Sequence[Case]) -> list[Case]:
    """Celles de périodes qui rencontrent la sienne, de proche en proche."""
    liees: list[Case] = []
    restent, a_voir = list(detenues), [case]
    while a_voir:
        periode = a_voir.pop().periode
        touchees = [autre for autre in restent if periode.rencontre(autre.periode.debut, autre.periode.fin)]
        restent = [autre for autre in restent if autre not in touchees]
        liees += touchees
        a_voir += touchees
    return liees


# --- Taire ----------------------------------------------------------------------------------------------------------
def taire(donnees: DonneesBilan, colonne: Colonne, noms: Collection[str]) -> None:
    """Masque ces familles dans une colonne ; les lignes que cette colonne justifiait seule s'en vont."""
    tues = [famille for famille in Remis(donnees, {}).familles() if famille.nom in _avec_leurs_reprises(noms)]
    for famille in tues:
        for cle in (*famille.chiffres, *famille.heures):
            if cle in donnees["chiffres"]:
                donnees["chiffres"][cle][colonne] = MASQUE
        for cle in famille.repartitions:
            if cle in donnees["repartitions"]:
                _taire_le_tableau(donnees["repartitions"][cle], colonne)
        for lue in famille.colonnes if colonne == "valeur" else ():
            _taire_la_colonne(donnees, lue)
    tus = {cle for famille in tues for cle in famille.chiffres}
    _taire_les_publics_lies(donnees, colonne, tus)
    if colonne == "valeur":
        _taire_ce_qui_redit(donnees, {famille.nom for famille in tues}, tus)


def _avec_leurs_reprises(noms: Collection[str]) -> set[str]:
    """Les contrats suivis redisent les sorties à douze mois."""
    return {*noms, COHORTE_LUE} if SORTIES_A_DOUZE in noms else {*noms}


def _taire_la_colonne(donnees: DonneesBilan, lue: DeListe) -> None:
    lignes: Sequence[Any] = donnees.get(lue.liste, ())  # type: ignore[assignment]  # une liste du suivi
    for ligne in lignes:
        if ligne.get("reservee", True):
            ligne |= dict.fromkeys((lue.colonne, *lue.avec), MASQUE)
        if "parts" in ligne:
            ligne["parts"] = []


def _taire_ce_qui_redit(donnees: DonneesBilan, noms: Collection[str], tus: Collection[str]) -> None:
    """La charte, les objectifs, les repères et les parts d'année en année redisent des chiffres."""
    charte = donnees["charte"]
    if charte and (QPV in tus or CHARTE_LUE in noms):
        charte["faites_qpv"] = MASQUE
    if charte and CHARTE_LUE in noms and charte.get("reservee"):
        charte["comptees"] = charte["hors"] = charte["habitants"] = charte["personnes"] = MASQUE
    for ligne in donnees.get("objectifs", ()):
        if ligne["cle"] in tus:
            ligne["fait"] = MASQUE
    if donnees.get("reperes"):
        lus = reperes(donnees["chiffres"])
        for repere in lus if REPERES_LUS in noms else ():
            repere |= {"ici": MASQUE} if repere["quoi"] in REPERES_DE_PERSONNES else {}
        donnees["reperes"] = lus  # type: ignore[typeddict-item]  # des LigneRepere
    for serie in donnees.get("evolution_parts", ()) if SERIES in noms else ():
        if PAR_CLE[serie["cle"]].unite == Unite.PERSONNES:
            for annee in serie["annees"]:
                annee["valeur"] = MASQUE


def _taire_les_publics_lies(donnees: DonneesBilan, colonne: Colonne, tus: Collection[str]) -> None:
    """Deux publics redisent un chiffre clé d'une autre famille : ils se taisent avec lui."""
    publics = donnees["repartitions"].get("publics")
    for part in publics["parts"] if publics else ():
        if PUBLICS.get(part["cle"]) in tus:
            part[colonne] = MASQUE


def _taire_le_tableau(repartition: Any, colonne: Colonne) -> None:
    autre = next(c for c in COLONNES if c != colonne)
    for part in repartition["parts"]:
        part[colonne] = MASQUE
        if "heures" in part and colonne == "valeur":
            part["heures"] = MASQUE
    if repartition["cle"] == "quartiers":
        repartition["total" if colonne == "valeur" else "total_precedent"] = MASQUE
    repartition["parts"] = [part for part in repartition["parts"] if part[autre]]
