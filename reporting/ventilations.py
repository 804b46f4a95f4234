"""Les ventilations et les listes d'un bilan, calculées sur un relevé : des groupes, des sommes, aucun ORM.

Un groupe est une ligne `{clé: quantité}` ; la somme des groupes d'une ventilation exclusive est son total.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from beneficiaires.enums import CodeCritere, NiveauFormation, Sexe
from reporting import indicateurs, profils
from reporting.indicateurs import engagements_suivis, entreprises_de, est_locale, marches_suivis_de
from reporting.releve import Contrat, Entreprise, MaitreOuvrage, Marche, Quartier, Releve

type Quantite = Decimal | int
NON_RENSEIGNE = ""
AGES = {"moins_26": "Moins de 26 ans", "26_49": "De 26 à 49 ans", "50_plus": "50 ans et plus"}
SEXES = {Sexe.FEMME: "Femmes", Sexe.HOMME: "Hommes"}
NIVEAUX = {**dict(NiveauFormation.choices), NON_RENSEIGNE: "Non renseigné"}

# Ces publics ont un chiffre clé : même définition, donc même nombre. Les autres se lisent aux critères du dossier.
PUBLICS_DEFINIS: dict[str, Callable[[Releve], indicateurs.Resultat]] = {
    CodeCritere.RSA: indicateurs.beneficiaires_rsa,
    CodeCritere.RQTH: indicateurs.beneficiaires_th,
    CodeCritere.DELD: indicateurs.beneficiaires_deld,
    CodeCritere.JEUNE_SQ: indicateurs.beneficiaires_moins_26_ans_sans_qualification,
    CodeCritere.QPV: indicateurs.beneficiaires_qpv,
}
LIBELLES_PUBLICS = {**dict(CodeCritere.choices), CodeCritere.QPV: "Habitant d'un quartier prioritaire"}


# --- Les personnes, au début de leur contrat d'entrée ---------------------------------------------------------------
def _par_personne(releve: Releve, groupe: Callable) -> Counter[str]:
    return Counter(groupe(releve.personnes[cle], entree.debut) for cle, entree in releve.entrees.items())


def personnes_par_sexe(releve: Releve) -> Mapping[str, int]:
    return _par_personne(releve, lambda personne, jour: personne.sexe)


def personnes_par_age(releve: Releve) -> Mapping[str, int]:
    return _par_personne(releve, _tranche)


def _tranche(personne, jour) -> str:
    if profils.a_moins_de_26_ans(personne, jour):
        return "moins_26"
    return "50_plus" if profils.a_50_ans_ou_plus(personne, jour) else "26_49"


def personnes_par_niveau(releve: Releve) -> Mapping[str, int]:
    return _par_personne(releve, profils.niveau)


def personnes_par_public(releve: Releve) -> Mapping[str, int]:
    """Non exclusif : une personne compte dans chacun de ses publics."""
    lus = Counter(
        code
        for cle, entree in releve.entrees.items()
        for code in profils.criteres(releve.personnes[cle], entree.debut)
        if code not in PUBLICS_DEFINIS
    )
    definis = {code: fonction(releve).valeur for code, fonction in PUBLICS_DEFINIS.items()}
    return {**lus, **definis}  # type: ignore[dict-item]


def quartiers_habites(releve: Releve) -> dict[str, Quartier]:
    """Les quartiers où des bénéficiaires habitaient, au début de l'un de leurs contrats comptés."""
    lus = (_quartier(releve, releve.contrats[cle]) for cle in releve.heures_par_contrat)
    return {quartier.code: quartier for quartier in lus if quartier}


def personnes_par_quartier(releve: Releve) -> Mapping[str, int]:
    lus = (_quartier(releve, entree) for entree in releve.entrees.values())
    return Counter(quartier.code for quartier in lus if quartier)


def heures_par_quartier(releve: Releve) -> Mapping[str, Decimal]:
    """Les heures au domicile du début de CHAQUE contrat : la même règle que « heures des habitants des QPV »."""
    totaux: dict[str, Decimal] = defaultdict(Decimal)
    for cle, heures in releve.heures_par_contrat.items():
        if quartier := _quartier(releve, releve.contrats[cle]):
            totaux[quartier.code] += heures
    return totaux


def _quartier(releve: Releve, contrat: Contrat) -> Quartier | None:
    return profils.quartier(releve.personnes[contrat.personne], contrat.debut)


# --- Les heures et les marchés --------------------------------------------------------------------------------------
def heures_par_mois(releve: Releve) -> Mapping[str, Decimal]:
    totaux: dict[str, Decimal] = defaultdict(Decimal)
    for ligne in releve.lignes:
        totaux[ligne.mois.strftime("%Y-%m")] += ligne.heures
    return totaux


def heures_par_marche_selon(releve: Releve, groupe: Callable[[Marche], str]) -> Mapping[str, Decimal]:
    totaux: dict[str, Decimal] = defaultdict(Decimal)
    for cle, heures in heures_par_marche(releve).items():
        totaux[groupe(releve.marches[cle])] += heures
    return totaux


def marches_selon(releve: Releve, groupe: Callable[[Marche], str]) -> Mapping[str, int]:
    return Counter(groupe(marche) for marche in marches_suivis_de(releve))


def entreprises_par_type(releve: Releve) -> Mapping[str, int]:
    return Counter(releve.entreprises[cle].type for cle in entreprises_de(releve))


def heures_par_marche(releve: Releve) -> Mapping[int, Decimal]:
    totaux: dict[int, Decimal] = defaultdict(Decimal)
    for engagement, heures in releve.heures_par_engagement.items():
        totaux[releve.engagements[engagement].marche] += heures
    return totaux


# --- Les listes -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class HeuresMarche:
    """Un marché du bilan. `dues` est vide pour un marché qui a des heures sans être parmi les suivis de l'année."""

    marche: Marche
    dues: Decimal | None
    annee: Decimal
    cumul: Decimal


def marches_du_bilan(releve: Releve, cumul: Releve) -> list[HeuresMarche]:
    """Les marchés suivis, et ceux qui ont des heures dans la période hors de leurs dates : la somme est le total."""
    dues: dict[int, Decimal] = defaultdict(Decimal)
    for engagement in engagements_suivis(releve):
        dues[engagement.marche] += engagement.heures_dues
    suivis = {marche.id for marche in marches_suivis_de(releve)}
    annee, depuis_le_debut = heures_par_marche(releve), heures_par_marche(cumul)
    return [
        HeuresMarche(
            marche,
            dues[cle] if cle in suivis else None,
            annee.get(cle, Decimal(0)),
            depuis_le_debut.get(cle, Decimal(0)),
        )
        for cle, marche in releve.marches.items()
        if cle in suivis or cle in annee
    ]


@dataclass(slots=True)
class HeuresMaitreOuvrage:
    maitre_ouvrage: MaitreOuvrage
    marches: int = 0
    dues: Decimal = Decimal(0)
    annee: Decimal = Decimal(0)
    cumul: Decimal = Decimal(0)


def maitres_ouvrage_du_bilan(releve: Releve, marches: Iterable[HeuresMarche]) -> list[HeuresMaitreOuvrage]:
    """Par heures de l'année décroissantes."""
    lus: dict[int, HeuresMaitreOuvrage] = {}
    for ligne in marches:
        cle = ligne.marche.maitre_ouvrage
        somme = lus.setdefault(cle, HeuresMaitreOuvrage(releve.maitres_ouvrage[cle]))
        somme.marches += ligne.dues is not None
        somme.dues += ligne.dues or 0
        somme.annee += ligne.annee
        somme.cumul += ligne.cumul
    return sorted(lus.values(), key=lambda somme: (-somme.annee, somme.maitre_ouvrage.nom))


@dataclass(frozen=True, slots=True)
class HeuresEntreprise:
    entreprise: Entreprise
    locale: bool
    engagee: bool
    employeuse: bool
    sur_engagements: Decimal
    comme_employeuse: Decimal


def entreprises_du_bilan(releve: Releve) -> list[HeuresEntreprise]:
    """Par heures décroissantes, de l'un ou l'autre rôle."""
    engagees = {engagement.entreprise for engagement in engagements_suivis(releve)}
    sur_engagements: dict[int, Decimal] = defaultdict(Decimal)
    for cle, heures in releve.heures_par_engagement.items():
        sur_engagements[releve.engagements[cle].entreprise] += heures
    employees: dict[int, Decimal] = defaultdict(Decimal)
    for cle, heures in releve.heures_par_contrat.items():
        employees[releve.contrats[cle].employeur] += heures
    lignes = [
        HeuresEntreprise(
            releve.entreprises[cle],
            est_locale(releve, cle),
            cle in engagees,
            cle in employees,
            sur_engagements.get(cle, Decimal(0)),
            employees.get(cle, Decimal(0)),
        )
        for cle in entreprises_de(releve)
    ]
    return sorted(
        lignes,
        key=lambda ligne: (
            -max(ligne.sur_engagements, ligne.comme_employeuse),
            ligne.entreprise.nom,
            ligne.entreprise.id,
        ),
    )
