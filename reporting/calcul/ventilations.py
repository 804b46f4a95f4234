"""Les ventilations et les listes d'un bilan, calculées sur un relevé : des lignes rangées par groupe, aucun ORM.

Chaque ventilation rend un `Resultat` : ses lignes portent leur groupe, et la valeur d'un groupe est la somme de leurs poids.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from beneficiaires.enums import CodeCritere, NiveauFormation, Sexe
from parcours.enums import FamilleSortie
from parcours.sorties import FAMILLES
from reporting.calcul import indicateurs, participations, profils
from reporting.calcul.indicateurs import (
    GenreLigne,
    LigneSource,
    Resultat,
    engagements_suivis,
    entreprises_de,
    est_locale,
    heures_par,
    marches_suivis_de,
    projets_ouverts,
    sorties_dues,
)
from reporting.lecture.releve import Contrat, Entreprise, MaitreOuvrage, Marche, Personne, Quartier, Releve

NON_RENSEIGNE = "non_renseigne"
AGES = {"moins_26": "Moins de 26 ans", "26_49": "De 26 à 49 ans", "50_plus": "50 ans et plus"}
SEXES: dict[str, str] = {Sexe.FEMME: "Femmes", Sexe.HOMME: "Hommes"}
NIVEAUX = {**dict(NiveauFormation.choices), NON_RENSEIGNE: "Non renseigné"}

# Ces publics ont un chiffre clé : même définition, donc même nombre. Les autres se lisent aux critères du dossier.
PUBLICS_DEFINIS: dict[str, Callable[[Releve], Resultat]] = {
    CodeCritere.RSA: indicateurs.beneficiaires_rsa,
    CodeCritere.RQTH: indicateurs.beneficiaires_th,
    CodeCritere.DELD: indicateurs.beneficiaires_deld,
    CodeCritere.JEUNE_SQ: indicateurs.beneficiaires_moins_26_ans_sans_qualification,
    CodeCritere.QPV: indicateurs.beneficiaires_qpv,
}
LIBELLES_PUBLICS = {**dict(CodeCritere.choices), CodeCritere.QPV: "Habitant d'un quartier prioritaire"}
AUTRE_PUBLIC = "autre"
PUBLICS_PRINCIPAUX = {**LIBELLES_PUBLICS, AUTRE_PUBLIC: "Autre ou non renseigné"}


# --- Les personnes, au début de leur contrat d'entrée ---------------------------------------------------------------
def _par_personne(releve: Releve, groupe: Callable[[Personne, datetime.date], str]) -> Resultat:
    lignes = (
        LigneSource(cle, 1, groupe(releve.personnes[cle], entree.debut)) for cle, entree in _entrees_rangees(releve)
    )
    return Resultat.ventile(GenreLigne.PERSONNE, lignes)


def _entrees_rangees(releve: Releve) -> list[tuple[int, Contrat]]:
    return sorted(releve.entrees.items())


def personnes_par_sexe(releve: Releve) -> Resultat:
    return _par_personne(releve, lambda personne, jour: personne.sexe)


def personnes_par_age(releve: Releve) -> Resultat:
    return _par_personne(releve, tranche_d_age)


def tranche_d_age(personne: Personne, jour: datetime.date) -> str:
    if profils.a_moins_de_26_ans(personne, jour):
        return "moins_26"
    return "50_plus" if profils.a_50_ans_ou_plus(personne, jour) else "26_49"


def personnes_par_niveau(releve: Releve) -> Resultat:
    return _par_personne(releve, niveau_ou_rien)


def niveau_ou_rien(personne: Personne, jour: datetime.date) -> str:
    return profils.niveau(personne, jour) or NON_RENSEIGNE


def personnes_par_public(releve: Releve) -> Resultat:
    """Non exclusif : une personne compte dans chacun de ses publics."""
    lus = [
        LigneSource(cle, 1, code)
        for cle, entree in _entrees_rangees(releve)
        for code in sorted(profils.criteres(releve.personnes[cle], entree.debut))
        if code not in PUBLICS_DEFINIS
    ]
    definis = [
        ligne._replace(groupe=str(code))
        for code, fonction in PUBLICS_DEFINIS.items()
        for ligne in fonction(releve).lignes
    ]
    return Resultat.ventile(GenreLigne.PERSONNE, lus + definis)


def personnes_par_public_principal(releve: Releve) -> Resultat:
    """Exclusif : le public dont la personne relevait ce jour-là, selon l'éligibilité ; la somme est celle des bénéficiaires."""
    return _par_personne(releve, lambda personne, jour: profils.public_principal(personne, jour) or AUTRE_PUBLIC)


def quartiers_habites(releve: Releve) -> dict[str, Quartier]:
    """Les quartiers où des bénéficiaires habitaient, au début de l'un de leurs contrats comptés."""
    lus = (_quartier(releve, releve.contrats[cle]) for cle in releve.heures_par_contrat)
    return {quartier.code: quartier for quartier in lus if quartier}


def personnes_par_quartier(releve: Releve) -> Resultat:
    lus = ((cle, _quartier(releve, entree)) for cle, entree in _entrees_rangees(releve))
    lignes = (LigneSource(cle, 1, quartier.code) for cle, quartier in lus if quartier)
    return Resultat.ventile(GenreLigne.PERSONNE, lignes)


def heures_par_quartier(releve: Releve) -> Resultat:
    """Les heures au domicile du début de CHAQUE contrat : la même règle que « heures des habitants des QPV »."""
    codes = {
        cle: quartier.code for cle in releve.heures_par_contrat if (quartier := _quartier(releve, releve.contrats[cle]))
    }
    lignes = (
        LigneSource(ligne.id, ligne.heures, codes[ligne.contrat])
        for ligne in releve.lignes
        if ligne.heures and ligne.contrat in codes
    )
    return Resultat.ventile(GenreLigne.HEURES, lignes)


def _quartier(releve: Releve, contrat: Contrat) -> Quartier | None:
    return profils.quartier(releve.personnes[contrat.personne], contrat.debut)


# --- Les entrées et les sorties -------------------------------------------------------------------------------------
def _par_entree(releve: Releve, groupe: Callable[[Personne, datetime.date], str]) -> Resultat:
    """Les participations commencées, au profil du jour de l'entrée."""
    lignes = (
        LigneSource(une.premier.id, 1, groupe(releve.personnes[une.personne], une.debut))
        for une in participations.entrees(releve)
    )
    return Resultat.ventile(GenreLigne.CONTRAT, lignes)


def entrees_par_sexe(releve: Releve) -> Resultat:
    return _par_entree(releve, lambda personne, jour: personne.sexe)


def entrees_par_age(releve: Releve) -> Resultat:
    return _par_entree(releve, tranche_d_age)


def entrees_par_niveau(releve: Releve) -> Resultat:
    return _par_entree(releve, niveau_ou_rien)


def sorties_par_famille(terme: int) -> Callable[[Releve], Resultat]:
    """Les situations connues à ce terme, rangées dans les familles de sorties."""

    def calcul(releve: Releve) -> Resultat:
        connues = (sortie for sortie in sorties_dues(releve, terme) if sortie.situation)
        lignes = (LigneSource(sortie.id, 1, str(FAMILLES[sortie.situation])) for sortie in connues)
        return Resultat.ventile(GenreLigne.SORTIE, lignes, FamilleSortie.values)

    return calcul


# --- Les heures et les marchés --------------------------------------------------------------------------------------
def heures_par_mois(releve: Releve) -> Resultat:
    lignes = (
        LigneSource(ligne.id, ligne.heures, ligne.mois.strftime("%Y-%m")) for ligne in releve.lignes if ligne.heures
    )
    return Resultat.ventile(GenreLigne.HEURES, lignes)


def heures_par_marche_selon(releve: Releve, groupe: Callable[[Marche], str]) -> Resultat:
    return heures_par(releve, lambda contrat: groupe(_marche(releve, contrat)))


def marches_selon(releve: Releve, groupe: Callable[[Marche], str]) -> Resultat:
    lignes = (LigneSource(marche.id, 1, groupe(marche)) for marche in marches_suivis_de(releve))
    return Resultat.ventile(GenreLigne.MARCHE, lignes)


def entreprises_par_type(releve: Releve) -> Resultat:
    lignes = (LigneSource(cle, 1, releve.entreprises[cle].type) for cle in sorted(entreprises_de(releve)))
    return Resultat.ventile(GenreLigne.ENTREPRISE, lignes)


def projets_par_statut(releve: Releve) -> Resultat:
    lignes = (LigneSource(projet.id, 1, projet.statut) for projet in projets_ouverts(releve))
    return Resultat.ventile(GenreLigne.PROJET, lignes)


def heures_par_marche(releve: Releve) -> Resultat:
    return heures_par_marche_selon(releve, lambda marche: str(marche.id))


def dues_par_marche(releve: Releve) -> Resultat:
    return _dues_par(releve, lambda marche: str(marche.id))


def heures_par_maitre_ouvrage(releve: Releve) -> Resultat:
    return heures_par_marche_selon(releve, lambda marche: str(marche.maitre_ouvrage))


def dues_par_maitre_ouvrage(releve: Releve) -> Resultat:
    return _dues_par(releve, lambda marche: str(marche.maitre_ouvrage))


def marches_par_maitre_ouvrage(releve: Releve) -> Resultat:
    return marches_selon(releve, lambda marche: str(marche.maitre_ouvrage))


def heures_par_entreprise_engagee(releve: Releve) -> Resultat:
    return heures_par(releve, lambda contrat: str(releve.engagements[contrat.engagement].entreprise))


def heures_par_employeur(releve: Releve) -> Resultat:
    return heures_par(releve, lambda contrat: str(contrat.employeur))


def heures_par_structure(releve: Releve) -> Resultat:
    return heures_par_marche_selon(releve, lambda marche: str(marche.structure))


def _dues_par(releve: Releve, groupe: Callable[[Marche], str]) -> Resultat:
    lignes = (
        LigneSource(engagement.id, engagement.heures_dues, groupe(releve.marches[engagement.marche]))
        for engagement in engagements_suivis(releve)
    )
    return Resultat.ventile(GenreLigne.ENGAGEMENT, lignes)


def _marche(releve: Releve, contrat: Contrat) -> Marche:
    return releve.marches[releve.engagements[contrat.engagement].marche]


# --- Les listes -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class HeuresMarche:
    """Un marché du bilan. `dues` est vide pour un marché qui a des heures sans être parmi les suivis de la période."""

    marche: Marche
    dues: Decimal | None
    heures: Decimal
    cumul: Decimal


def marches_du_bilan(releve: Releve, cumul: Releve) -> list[HeuresMarche]:
    """Les marchés suivis, et ceux qui ont des heures dans la période hors de leurs dates : la somme est le total."""
    dues, heures, depuis_le_debut = (
        _decimaux(resultat)
        for resultat in (dues_par_marche(releve), heures_par_marche(releve), heures_par_marche(cumul))
    )
    suivis = {marche.id for marche in marches_suivis_de(releve)}
    return [
        HeuresMarche(marche, dues[str(cle)] if cle in suivis else None, heures[str(cle)], depuis_le_debut[str(cle)])
        for cle, marche in releve.marches.items()
        if cle in suivis or str(cle) in heures
    ]


def _decimaux(resultat: Resultat) -> defaultdict[str, Decimal]:
    return defaultdict(Decimal, {cle: Decimal(valeur) for cle, valeur in resultat.par_groupe.items()})


@dataclass(slots=True)
class HeuresMaitreOuvrage:
    maitre_ouvrage: MaitreOuvrage
    marches: int = 0
    dues: Decimal = Decimal(0)
    heures: Decimal = Decimal(0)
    cumul: Decimal = Decimal(0)


def maitres_ouvrage_du_bilan(releve: Releve, marches: Iterable[HeuresMarche]) -> list[HeuresMaitreOuvrage]:
    """Par heures de la période décroissantes."""
    lus: dict[int, HeuresMaitreOuvrage] = {}
    for ligne in marches:
        cle = ligne.marche.maitre_ouvrage
        somme = lus.setdefault(cle, HeuresMaitreOuvrage(releve.maitres_ouvrage[cle]))
        somme.marches += ligne.dues is not None
        somme.dues += ligne.dues or 0
        somme.heures += ligne.heures
        somme.cumul += ligne.cumul
    return sorted(lus.values(), key=lambda somme: (-somme.heures, somme.maitre_ouvrage.nom))


@dataclass(frozen=True, slots=True)
class HeuresEntreprise:
    entreprise: Entreprise
    locale: bool
    engagee: bool
    employeuse: bool
    suivie: bool
    sur_engagements: Decimal
    comme_employeuse: Decimal


def entreprises_du_bilan(releve: Releve) -> list[HeuresEntreprise]:
    """Par heures décroissantes, de l'un ou l'autre rôle.

    Celle dont l'engagement a des heures sans que son marché soit suivi (hors de ses dates, abandonné) y est aussi, sans
    compter parmi les engagées : chaque colonne fait ainsi le total des heures.
    """
    engagees = {engagement.entreprise for engagement in engagements_suivis(releve)}
    sur_engagements = _decimaux(heures_par_entreprise_engagee(releve))
    employees = _decimaux(heures_par_employeur(releve))
    comptees = entreprises_de(releve)
    lignes = [
        HeuresEntreprise(
            releve.entreprises[cle],
            est_locale(releve, cle),
            cle in engagees,
            str(cle) in employees,
            cle in comptees,
            sur_engagements.get(str(cle), Decimal(0)),
            employees.get(str(cle), Decimal(0)),
        )
        for cle in comptees | {int(cle) for cle in sur_engagements}
    ]
    return sorted(
        lignes,
        key=lambda ligne: (
            -max(ligne.sur_engagements, ligne.comme_employeuse),
            ligne.entreprise.nom,
            ligne.entreprise.id,
        ),
    )


@dataclass(frozen=True, slots=True)
class AnneeDeStructure:
    """Ce qu'une structure apporte à un réseau ; ses personnes sont comptées chez elle."""

    structure: int
    heures: Decimal
    personnes: int
    marches: int


def structures_du_bilan(releve: Releve) -> list[AnneeDeStructure]:
    heures = _decimaux(heures_par_structure(releve))
    marches = marches_selon(releve, lambda marche: str(marche.structure)).par_groupe
    personnes = _personnes_par_structure(releve)
    cles = {str(cle) for cle in (*heures, *marches)}
    lignes = [AnneeDeStructure(int(cle), heures[cle], personnes[cle], int(marches.get(cle, 0))) for cle in cles]
    return sorted(lignes, key=lambda ligne: (-ligne.heures, ligne.structure))


def _personnes_par_structure(releve: Releve) -> Mapping[str, int]:
    """Un dossier appartient à une structure : chacun compte une fois, chez elle."""
    return Counter(str(_marche(releve, entree).structure) for entree in releve.entrees.values())
