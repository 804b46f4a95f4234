"""Les gens d'un angle (les allocataires du RSA, les habitants des quartiers), croisés avec chaque profil. Aucun ORM.

Chaque croisement ne compte que les gens de l'angle : ses parts font leur effectif.
"""

import datetime
from collections.abc import Callable
from decimal import Decimal
from functools import partial

from beneficiaires.enums import CodeCritere
from parcours.enums import FamilleSortie
from parcours.sorties import FAMILLES
from reporting.calcul import profils, ventilations
from reporting.calcul.indicateurs import GenreLigne, LigneSource, Resultat, sorties_dues
from reporting.calcul.participations import contrats_travailles
from reporting.lecture.releve import Contrat, Personne, Releve

type Condition = Callable[[Personne, datetime.date], bool]
type Groupe = Callable[[Releve, int, Contrat], str]

RSA, QPV = "rsa", "qpv"
HORS_QUARTIER = "hors"
# Les heures d'une personne dans la période : un mois de travail, trois, six ; au-delà.
TRANCHES = {
    "moins_150": "Moins de 150 heures",
    "150_449": "De 150 à 449 heures",
    "450_899": "De 450 à 899 heures",
    "900_plus": "900 heures et plus",
}
_BORNES = ((Decimal(150), "moins_150"), (Decimal(450), "150_449"), (Decimal(900), "450_899"))


def _au_rsa(personne: Personne, jour: datetime.date) -> bool:
    return profils.a_le_critere(personne, CodeCritere.RSA, jour)


def _en_quartier(personne: Personne, jour: datetime.date) -> bool:
    return profils.quartier(personne, jour) is not None


CONDITIONS: dict[str, Condition] = {RSA: _au_rsa, QPV: _en_quartier}


# --- Où chacun se range, au début de son contrat d'entrée --------------------------------------------------------------
def _sexe(releve: Releve, personne: int, entree: Contrat) -> str:
    return releve.personnes[personne].sexe


def _age(releve: Releve, personne: int, entree: Contrat) -> str:
    return ventilations.tranche_d_age(releve.personnes[personne], entree.debut)


def _niveau(releve: Releve, personne: int, entree: Contrat) -> str:
    return ventilations.niveau_ou_rien(releve.personnes[personne], entree.debut)


def _contrat(releve: Releve, personne: int, entree: Contrat) -> str:
    return entree.type_contrat


def _heures(releve: Releve, personne: int, entree: Contrat) -> str:
    heures = releve.heures_par_personne[personne]
    return next((tranche for borne, tranche in _BORNES if heures < borne), "900_plus")


def _quartier(releve: Releve, personne: int, entree: Contrat) -> str:
    quartier = profils.quartier(releve.personnes[personne], entree.debut)
    return quartier.code if quartier else HORS_QUARTIER


GROUPES: dict[str, Groupe] = {
    "sexe": _sexe,
    "age": _age,
    "niveau": _niveau,
    "contrat": _contrat,
    "heures": _heures,
    "quartier": _quartier,
}


def personnes_selon(dimension: str, angle: str = "") -> Callable[[Releve], Resultat]:
    """Les bénéficiaires, ou ceux de l'angle, rangés selon une dimension."""
    return partial(_personnes_selon, groupe=GROUPES[dimension], garder=CONDITIONS[angle] if angle else _tous)


def _tous(personne: Personne, jour: datetime.date) -> bool:
    return True


def _personnes_selon(releve: Releve, groupe: Groupe, garder: Condition) -> Resultat:
    lignes = (
        LigneSource(cle, 1, groupe(releve, cle, entree))
        for cle, entree in sorted(releve.entrees.items())
        if garder(releve.personnes[cle], entree.debut)
    )
    return Resultat.ventile(GenreLigne.PERSONNE, lignes)


# --- Ce que deviennent les gens de l'angle ------------------------------------------------------------------------------
def sorties_de(angle: str, terme: int) -> Callable[[Releve], Resultat]:
    """Les situations connues à ce terme des personnes qui étaient de l'angle au début du contrat fini."""
    return partial(_sorties_de, garder=CONDITIONS[angle], terme=terme)


def _sorties_de(releve: Releve, garder: Condition, terme: int) -> Resultat:
    travailles = contrats_travailles(releve)  # sans aucune heure, un contrat n'a pas compté : sa sortie non plus
    lignes = (
        LigneSource(sortie.id, 1, str(FAMILLES[sortie.situation]))
        for sortie in sorties_dues(releve, terme)
        if sortie.situation and sortie.contrat in travailles and _est_de_l_angle(releve, sortie.contrat, garder)
    )
    return Resultat.ventile(GenreLigne.SORTIE, lignes, FamilleSortie.values)


def total_des_sorties_de(angle: str, terme: int) -> Callable[[Releve], Resultat]:
    ventiler = sorties_de(angle, terme)

    def total(releve: Releve) -> Resultat:
        lignes = tuple(ligne._replace(groupe="") for ligne in ventiler(releve).lignes)
        return Resultat(len(lignes), GenreLigne.SORTIE, lignes)

    return total


def _est_de_l_angle(releve: Releve, contrat: int, garder: Condition) -> bool:
    lu = releve.contrats[contrat]
    return garder(releve.personnes[lu.personne], lu.debut)


# --- Chaque quartier, ses habitants ------------------------------------------------------------------------------------
PROFILS: dict[str, Callable[[Personne, datetime.date], bool]] = {
    "femmes": lambda personne, jour: personne.sexe == "F",
    "moins_26": profils.a_moins_de_26_ans,
    "50_plus": profils.a_50_ans_ou_plus,
    "sans_qualification": profils.est_sans_qualification,
    "rsa": _au_rsa,
}


NOMS_DES_PROFILS = {
    "femmes": "les femmes",
    "moins_26": "les moins de 26 ans",
    "50_plus": "les 50 ans et plus",
    "sans_qualification": "les personnes sans qualification",
    "rsa": "les allocataires du RSA",
}


def profils_par_quartier(profil: str) -> Callable[[Releve], Resultat]:
    """Les habitants de chaque quartier qui ont ce profil."""
    return partial(_profils_par_quartier, garder=PROFILS[profil])


def _profils_par_quartier(releve: Releve, garder: Condition) -> Resultat:
    lus = ((cle, entree.debut, _quartier(releve, cle, entree)) for cle, entree in sorted(releve.entrees.items()))
    lignes = (
        LigneSource(cle, 1, code)
        for cle, jour, code in lus
        if code != HORS_QUARTIER and garder(releve.personnes[cle], jour)
    )
    return Resultat.ventile(GenreLigne.PERSONNE, lignes)
