"""Ce qui sort de la structure : les petits effectifs masqués, puis les seuls chapitres de la variante.

Une page qui se relit chaque jour ne montre aucun profil : deux jours de suite, leur différence décrirait quelqu'un, et rien ne
garde ce qui a été lu. Les profils se lisent dans les bilans remis, figés et comparés (`confrontation`).
"""

import copy

from reporting.bilan.cases import UNITES
from reporting.bilan.chiffres import indicateurs_de
from reporting.bilan.masques import masquer
from reporting.bilan.series import publier_les_series
from reporting.calcul.indicateurs import Unite
from reporting.calcul.registre import PAR_CLE
from reporting.donnees import DonneesBilan
from reporting.variantes import MODELES, Chapitre

# Les chapitres qui ne croisent personne avec un profil, un quartier ou une sortie.
SANS_PROFIL = (
    Chapitre.CHIFFRES_CLES,
    Chapitre.ACTIVITE,
    Chapitre.STRUCTURES,
    Chapitre.CONTRATS,
    Chapitre.MARCHES,
    Chapitre.MAITRES_OUVRAGE,
    Chapitre.ENTREPRISES,
    Chapitre.PROMOTION,
    Chapitre.REDACTION,
    Chapitre.DEFINITIONS,
    Chapitre.METHODE,
)

# Ce qui se compare sur une part de l'année sans compter personne ; le reste dirait, d'un document à l'autre, qui est venu.
SANS_PERSONNE = frozenset({"heures_realisees", "heures_dues", "etp"})
DE_CHOSES = frozenset({Unite.MARCHES, Unite.MAITRES_OUVRAGE, Unite.ENTREPRISES, Unite.PROJETS})


def a_publier(donnees: DonneesBilan) -> DonneesBilan:
    """Une copie masquée et élaguée. Masquer d'abord : un chiffre que la variante tait peut en trahir un autre."""
    publiees = masquer(_sans_personnes_comparees(donnees))
    modele = MODELES[donnees["variante"]]
    gardes = {indicateur.cle for indicateur in indicateurs_de(modele.chapitres)} & set(publiees["chiffres"])
    publiees["chiffres"] = {cle: chiffre for cle, chiffre in publiees["chiffres"].items() if cle in gardes}
    publiees["ordre"] = [cle for cle in publiees["ordre"] if cle in gardes]
    publiees["repartitions"] = {
        cle: publiees["repartitions"][cle] for cle in modele.repartitions if cle in publiees["repartitions"]
    }
    if "evolution_parts" in publiees:
        publiees["evolution_parts"] = publier_les_series(publiees["evolution_parts"])
    return publiees


def _sans_personnes_comparees(donnees: DonneesBilan) -> DonneesBilan:
    """Sur une part des mois (ou des structures), les heures et les marchés se comparent ; les personnes, pas encore.

    « De janvier à septembre », puis « de janvier à octobre » : la différence de deux documents compterait qui est venu entre
    les deux, un mois que rien d'autre ne montre.
    """
    if not est_en_partie(donnees) or donnees["public"]:
        return donnees
    gardees = copy.deepcopy(donnees)
    for cle, chiffre in gardees["chiffres"].items():
        if cle not in SANS_PERSONNE and PAR_CLE[cle].unite not in DE_CHOSES:
            chiffre["precedente"] = None
            chiffre.pop("comparable", None)
    for repartition in gardees["repartitions"].values():
        repartition["total_precedent"] = None
        for part in repartition["parts"]:
            part["precedente"] = None
    for ligne in gardees["evolution"]:
        ligne["beneficiaires"] = ligne["contrats"] = None
    gardees["evolution_parts"] = [
        serie for serie in gardees.get("evolution_parts", []) if serie["sur"] != "beneficiaires"
    ]
    return gardees


def est_en_partie(donnees: DonneesBilan) -> bool:
    """Vrai si ce n'est pas toute la période, ou tout le réseau, qui se compare."""
    return "comparee_situee" in donnees["periode"] or "structures_comparees" in donnees["periode"]


def sans_profils(publiees: DonneesBilan) -> DonneesBilan:
    """Les mêmes données publiées, sans rien qui croise des personnes : ce qu'une page relue chaque jour peut montrer."""
    heures_croisees = ("heures_qpv", "heures_rsa")
    chiffres = {
        cle: chiffre
        for cle, chiffre in publiees["chiffres"].items()
        if cle == "beneficiaires" or (chiffre["unite"] not in UNITES and cle not in heures_croisees)
    }
    return {
        **publiees,
        "chiffres": chiffres,
        "ordre": [cle for cle in publiees["ordre"] if cle in chiffres],
        "chapitres": [chapitre for chapitre in publiees["chapitres"] if chapitre in SANS_PROFIL],
        "repartitions": {cle: r for cle, r in publiees["repartitions"].items() if r["unite"] not in UNITES},
        "charte": None,
        "cartes": [],
    }
