"""Ce qui va sortir, comparé à ce que son destinataire détient déjà : deux documents n'en disent pas plus à eux deux.

Un effectif se retient quand une combinaison de ce que le destinataire lit (deux versions d'un bilan, une année moins ses
trimestres, une structure moins un acheteur, un réseau moins un membre) ne garderait que d'une à quatre personnes : parmi
celles qu'il compte, celles qu'il ne compte pas, ou la population où il se lit. Un effectif lié à d'autres par un total les
entraîne : c'est le tableau entier qui se tait.

Deux effectifs se combinent s'ils disent la même chose de périodes qui se touchent, directement ou par un autre document.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from parcours.enums import Terme
from reporting.bilan.masques import COLONNES, ENTREES, JEUNES_SQ, PUBLICS, QPV, Colonne
from reporting.bilan.petits import MASQUE
from reporting.bilan.sources import AVANT, MAINTENANT
from reporting.calcul.isolement import Effectif, isole
from reporting.donnees import DonneesBilan
from reporting.lecture import periodes
from socle.periodes import Periode

QUAND: Mapping[Colonne, str] = {"valeur": MAINTENANT, "precedente": AVANT}
UNITES = ("personnes", "sorties", "participations")


class Famille(NamedTuple):
    """Des tableaux et des chiffres qui se taisent ensemble ; `population` : le total où ils se lisent."""

    nom: str
    population: str
    repartitions: tuple[str, ...] = ()
    chiffres: tuple[str, ...] = ()
    heures: tuple[str, ...] = ()


def _familles() -> Iterator[Famille]:
    tous = "beneficiaires"
    yield Famille("le sexe", tous, ("sexe",), ("beneficiaires_femmes",))
    ages = ("beneficiaires_moins_26_ans", "beneficiaires_50_ans_et_plus", "beneficiaires_sans_qualification", JEUNES_SQ)
    yield Famille("l'âge et le niveau", tous, ("ages", "niveaux"), ages)
    publics = ("beneficiaires_rsa", "beneficiaires_deld", "beneficiaires_th")
    yield Famille("les publics", tous, ("publics", "public_principal"), publics, ("heures_rsa",))
    yield Famille("les quartiers", tous, ("quartiers",), (QPV,), ("heures_qpv",))
    yield Famille("les nouveaux bénéficiaires", tous, (), ("nouveaux_beneficiaires",))
    yield Famille("les entrées", "participations_entrees", ENTREES)
    for terme in Terme:
        liees = tuple(f"sorties_{quoi}_{terme.value}_mois" for quoi in ("comptees", "dynamiques"))
        nom, connues = f"les sorties à {terme.value} mois", f"sorties_connues_{terme.value}_mois"
        yield Famille(nom, connues, (f"sorties_{terme.value}_mois",), liees)


FAMILLES = tuple(_familles())


@dataclass(frozen=True, slots=True)
class Case:
    """Un effectif qui se lit : qui il compte, parmi qui. `cle` : ce qu'il dit, le même mot d'un document à l'autre."""

    famille: str
    cle: str
    periode: Periode
    effectif: Effectif
    population: Effectif
    en_heures: bool = False  # ses éléments sont des lignes d'heures, qui ont chacune leur personne


@dataclass(frozen=True, slots=True)
class Remis:
    """Un document : ce qui s'y lit, et les lignes de chacun de ses chiffres."""

    donnees: DonneesBilan
    lignes: Mapping[str, Any]

    def cases(self, colonne: Colonne) -> list[Case]:
        lues = list(self._lues(colonne))
        return [*lues, *_croisees(lues)]

    def periode(self, colonne: Colonne) -> Periode:
        debut, fin = (self.donnees["periode"][borne] for borne in ("debut", "fin"))
        sienne = Periode(datetime.date.fromisoformat(debut), datetime.date.fromisoformat(fin))
        return sienne if colonne == "valeur" else periodes.precedente(sienne)

    def _lues(self, colonne: Colonne) -> Iterator[Case]:
        periode, quand = self.periode(colonne), QUAND[colonne]
        for famille in self.familles():
            population = _elements(self.lignes, famille.population, quand)
            for cle in famille.chiffres:
                if _se_lit(self.donnees["chiffres"].get(cle), colonne):
                    effectif = _elements(self.lignes, cle, quand)
                    yield Case(famille.nom, cle, periode, effectif, population | effectif)
            for cle in famille.repartitions:
                for part in self.donnees["repartitions"].get(cle, {"parts": []})["parts"]:
                    if _se_lit(part, colonne):
                        effectif = _elements(self.lignes, cle, quand, part["cle"])
                        yield Case(famille.nom, f"{cle}.{part['cle']}", periode, effectif, population | effectif)
            for cle in famille.heures:
                if _se_lit(self.donnees["chiffres"].get(cle), colonne):
                    faites = _elements(self.lignes, "heures_realisees", quand)
                    yield Case(famille.nom, cle, periode, _elements(self.lignes, cle, quand), faites, en_heures=True)

    def familles(self) -> Iterator[Famille]:
        """Celles que l'on connaît, puis chaque autre tableau de personnes, seul."""
        yield from FAMILLES
        connues = {cle for famille in FAMILLES for cle in famille.repartitions}
        for cle, repartition in self.donnees["repartitions"].items():
            if cle not in connues and repartition["unite"] in UNITES:
                yield Famille(repartition["titre"], cle, (cle,))


def _se_lit(case: Mapping[str, Any] | None, colonne: Colonne) -> bool:
    return case is not None and isinstance(case[colonne], int | float)


def _elements(lignes: Mapping[str, Any], cle: str, quand: str, groupe: str | None = None) -> Effectif:
    """Ce que compte un chiffre : les clés de ses lignes, d'un groupe ou de tous."""
    lues = lignes.get(cle, {}).get(quand, {"lignes": ()})["lignes"]
    return frozenset(ligne[0] for ligne in lues if groupe in (None, ligne[2]))


def _croisees(lues: Sequence[Case]) -> Iterator[Case]:
    """Les trois cases que l'on déduit des jeunes sans qualification, quand tout s'en lit."""
    par_cle = {case.cle: case for case in lues}
    trois = [par_cle.get(cle) for cle in ("beneficiaires_moins_26_ans", "beneficiaires_sans_qualification", JEUNES_SQ)]
    if all(trois):
        jeunes, sans, jsq = (case.effectif for case in trois if case)
        entiere = par_cle[JEUNES_SQ]
        yield replace(entiere, cle="jeunes_qualifies", effectif=jeunes - jsq)
        yield replace(entiere, cle="autres_sans_qualification", effectif=sans - jsq)
        yield replace(entiere, cle="ni_l_un_ni_l_autre", effectif=entiere.population - jeunes - sans)


# --- Comparer -------------------------------------------------------------------------------------------------------
def a_retenir(
    neuves: Iterable[Case],
    detenues: Sequence[Case],
    siennes: Effectif = frozenset(),
    a_qui: Mapping[Hashable, Hashable] | None = None,
) -> set[str]:
    """Les familles qu'il faut taire. `siennes` : les personnes que le destinataire connaît une par une (un membre d'un réseau).

    `a_qui` : la personne de chaque ligne d'heures.
    """
    par_cle: dict[str, list[Case]] = defaultdict(list)
    for case in detenues:
        par_cle[case.cle].append(case)
    return {case.famille for case in neuves if _trahit(case, par_cle[case.cle], siennes, a_qui or {})}


def _trahit(case: Case, detenues: Sequence[Case], siennes: Effectif, a_qui: Mapping[Hashable, Hashable]) -> bool:
    def qui(element: Hashable) -> Hashable:
        return a_qui.get(element, element) if case.en_heures else element

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
    tues = [famille for famille in Remis(donnees, {}).familles() if famille.nom in noms]
    for famille in tues:
        for cle in (*famille.chiffres, *famille.heures):
            if cle in donnees["chiffres"]:
                donnees["chiffres"][cle][colonne] = MASQUE
        for cle in famille.repartitions:
            if cle in donnees["repartitions"]:
                _taire_le_tableau(donnees["repartitions"][cle], colonne)
    tus = {cle for famille in tues for cle in famille.chiffres}
    _taire_les_publics_lies(donnees, colonne, tus)
    if QPV in tus and (charte := donnees["charte"]) and colonne == "valeur":
        charte["faites_qpv"] = MASQUE


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
