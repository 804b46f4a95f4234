"""Tout nombre d'un bilan qui compte des personnes est une case, que la comparaison entre documents lit.

Les données sont parcourues nombre par nombre, et retiennent ce que la comparaison y demande. Un tableau nouveau y entre donc, ou
se dit ici un total qui ne décrit personne.
"""

import datetime
import json
from collections.abc import Iterator
from functools import reduce
from operator import getitem

import pytest

from reporting.bilan.cases import COHORTE_LUE, REPERES_LUS, SERIES, UNITES, Remis
from reporting.bilan.confrontation import a_retenir, taire
from reporting.bilan.petits import MASQUE
from reporting.bilan.sources import SOURCES, figer
from reporting.calcul.registre import PAR_CLE
from reporting.recit.colonnes import Nature
from reporting.recit.listes import DU_BILAN
from socle.periodes import Periode
from tests.reporting.mondes_de_bilans import VARIANTES, MondeDeBilans
from tests.reporting.test_recalcul_bilan import lire_et_assembler

PERIODE = Periode(datetime.date(2023, 3, 1), datetime.date(2024, 2, 29))
# Des totaux : la population des autres cases, qui se compare avec chacune d'elles.
TOTAUX = {"beneficiaires", "contrats", "participations_entrees", "participations_sorties"} | {
    f"sorties_{quoi}_{terme}_mois" for quoi in ("dues", "connues") for terme in (3, 6, 12)
}
# (liste, colonne) : un total, ou ce qu'un total et une case rendent ; la colonne se tait avec la case.
SANS_CASE = {
    ("structures", "beneficiaires"): "le total d'un membre",
    ("cohorte", "dues"): "un total",
    ("operations", "hors"): "toutes les heures moins celles que la charte compte",
    ("operations", "personnes"): "un total",
    ("operations", "objectif"): "un objectif",
    ("objectifs", "vise"): "un objectif",
    ("objectifs", "fait"): "un chiffre du bilan, qui se tait avec lui",
    ("avis", "moyenne"): "se tait avec le nombre de ses réponses",
}
# Ce qui n'est dans aucun tableau : le temps, les clés, l'état des mois, la charte (ses cases sont essayées plus bas).
HORS_TABLEAU = {"schema", "redaction", "etp_base", "periode", "completude", "cartes", "mois", "charte", "evolution"}


def nombres(donnees, chemin: tuple = ()) -> Iterator[tuple]:
    """Le chemin de chaque nombre."""
    if isinstance(donnees, bool):
        return
    if isinstance(donnees, int | float):
        yield chemin
    for cle, valeur in (
        donnees.items() if isinstance(donnees, dict) else enumerate(donnees if isinstance(donnees, list) else ())
    ):
        yield from nombres(valeur, (*chemin, cle))


class Temoin(dict):
    """Un morceau des données qui retient ce que l'on y demande."""

    def __init__(self, valeurs: dict):
        super().__init__({cle: en_temoins(valeur) for cle, valeur in valeurs.items()})
        self.lus: set[str] = set()

    def get(self, cle, sinon=None):
        self.lus.add(cle)
        return super().get(cle, sinon)


def en_temoins(donnees):
    if isinstance(donnees, dict):
        return Temoin(donnees)
    return [en_temoins(valeur) for valeur in donnees] if isinstance(donnees, list) else donnees


def compte_des_personnes(donnees: dict, chemin: tuple) -> bool:
    """Vrai si ce nombre dit combien de personnes, de sorties, de réponses, ou les heures de certaines d'entre elles."""
    tableau, colonne = chemin[0], chemin[-1]
    match tableau:
        case "chiffres":
            cle = chemin[1]
            de_certaines = cle in ("heures_qpv", "heures_rsa")
            return colonne != "comparable" and cle not in TOTAUX and (PAR_CLE[cle].unite in UNITES or de_certaines)
        case "repartitions":
            part = "parts" in chemin and colonne != "en_quartier"
            return part and (donnees["repartitions"][chemin[1]]["unite"] in UNITES or colonne == "heures")
        case "evolution_parts":
            return colonne == "valeur" and PAR_CLE[donnees[tableau][chemin[1]]["cle"]].unite in UNITES
        case _ if tableau in HORS_TABLEAU or colonne == "id" or (tableau, colonne) in SANS_CASE:
            return False
        case _:
            return not _de_choses(tableau, colonne, donnees[tableau][chemin[1]])


def _de_choses(tableau: str, colonne: str, ligne: dict) -> bool:
    """Vrai d'une colonne dont la source compte des marchés ou des heures que rien ne croise, et d'une opération ouverte à tous."""
    liste = next(une for une in DU_BILAN if une.nom == tableau)
    if not ligne.get("reservee", True):
        return True
    if (tableau, colonne) == ("profils_quartiers", "heures"):
        return True  # celles de la table des quartiers, qui y est toujours avec elle
    lues = {une.cle: une for une in (*liste.export, *liste.ecran, *liste.papier)}
    if colonne not in lues:
        return False
    lue = lues[colonne]
    if tableau in ("operations", "profils_quartiers"):
        return False
    return (
        lue.nature == Nature.HEURES
        or (bool(lue.source) and SOURCES[lue.source].unite not in UNITES)
        or tableau == "structures"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("variante", VARIANTES)
def test_chaque_nombre_qui_compte_des_personnes_est_une_case(variante):
    lecture, exactes = lire_et_assembler(MondeDeBilans(3).perimetre(variante, PERIODE))
    donnees = en_temoins(exactes)
    remis = Remis(donnees, json.loads(json.dumps(figer(lecture))))
    assert [*remis.cases("valeur"), *remis.cases("precedente")]
    a_lire = [chemin for chemin in nombres(exactes) if compte_des_personnes(exactes, chemin)]
    assert len(a_lire) > 20
    for *ou, cle in a_lire:
        assert cle in reduce(getitem, ou, donnees).lus, (*ou, cle)


def test_une_colonne_nouvelle_d_une_liste_se_voit():
    """Un nombre de plus dans une liste, que personne n'a déclaré : l'essai le tient pour des personnes."""
    ligne = {"id": 1, "terme": "À 6 mois", "dues": 9, "ailleurs": 6}
    assert compte_des_personnes({"cohorte": [ligne]}, ("cohorte", 0, "ailleurs"))
    assert not compte_des_personnes({"cohorte": [ligne]}, ("cohorte", 0, "dues"))


# --- Les listes se comparent, et se taisent ------------------------------------------------------------------------------
def document(combien: int, **listes) -> Remis:
    """Ce que dit un bilan de ville, d'un nombre de personnes ; ses lignes sont les clés de 0 à ce nombre."""
    donnees = {
        "periode": {"debut": "2024-01-01", "fin": "2024-12-31", "nom": "2024", "avant": "2023"},
        "chiffres": {},
        "repartitions": {},
        "charte": None,
        **listes,
    }
    gardees = {
        source: {
            "maintenant": {"genre": genre, "diviseur": None, "lignes": [[cle, 1, groupe] for cle in range(lignes)]}
        }
        for source, (genre, groupe, lignes) in LIGNES.items()
        for lignes in [lignes or combien]
    }
    return Remis(donnees, gardees)


LIGNES = {
    "quartiers_connus": ("personne", "QP1", 50),
    "quartiers_eligibles": ("personne", "QP1", 0),
    "quartiers": ("personne", "QP1", 50),
    "quartiers_femmes": ("personne", "QP1", 0),
    "cohorte_dues": ("sortie", "À 6 mois", 50),
    "cohorte_connues": ("sortie", "À 6 mois", 45),
    "cohorte_comptees": ("sortie", "À 6 mois", 40),
    "cohorte_dynamiques": ("sortie", "À 6 mois", 0),
    "avis": ("contrat", "Aux employeurs|Satisfaits ?", 0),
    "avis_notes": ("contrat", "Aux employeurs|Satisfaits ?|5", 0),
    "operations_faites": ("heures", "7", 60),
    "operations_comptees": ("heures", "7", 0),
    "operations_personnes": ("personne", "7", 60),
    "operations_habitants": ("personne", "7", 0),
    "beneficiaires": ("personne", "", 60),
    "beneficiaires_qpv": ("personne", "", 0),
    "evolution_beneficiaires": ("personne", "2024", 60),
    "evolution_beneficiaires_rsa": ("personne", "2024", 0),
}


def listes(combien: int) -> dict:
    """Neuves à chaque fois : se taire les change."""
    quartier = {"id": "QP1", "nom": "Le Roule", "connus": 50, "eligibles": combien, "habitants": 50, "heures": 90}
    return {
        "profils_quartiers": [quartier | {"femmes": combien}],
        "cohorte": [{"terme": "À 6 mois", "dues": 50, "connues": 45, "comptees": 40, "dynamiques": combien}],
        "avis": [
            {
                "public": "Aux employeurs",
                "question": "Satisfaits ?",
                "nombre": combien,
                "moyenne": 5,
                "parts": [f"5 : {combien}"],
            }
        ],
        "operations": [
            {
                "id": 7,
                "objectif": 900,
                "reservee": True,
                "comptees": 9,
                "hors": 1,
                "habitants": combien,
                "personnes": 60,
            }
        ],
        "evolution_parts": [
            {
                "cle": "beneficiaires_rsa",
                "sur": "beneficiaires",
                "annees": [{"periode": "2024", "valeur": combien, "total": 60}],
            }
        ],
        "reperes": [{"quoi": "Part des habitants des quartiers prioritaires", "ici": "40 %"}],
    }


PRESENTES = {
    "les personnes connues de chaque quartier": ("profils_quartiers", "eligibles"),
    "les habitants des quartiers par sexe": ("profils_quartiers", "femmes"),
    "les contrats suivis douze mois": ("cohorte", "dynamiques"),
    "les avis": ("avis", "moyenne"),
    "les chartes des opérations": ("operations", "hors"),
}


def test_deux_versions_qui_ne_different_que_de_deux_personnes_taisent_chaque_liste():
    premier, second = document(22, **listes(22)), document(24, **listes(24))
    assert a_retenir(premier.cases("valeur"), premier.cases("valeur")) == set()
    tues = a_retenir(second.cases("valeur"), premier.cases("valeur"))
    assert tues == {*PRESENTES, SERIES, REPERES_LUS}
    second.donnees["chiffres"] = {"beneficiaires": {"valeur": 0, "precedente": None}}
    taire(second.donnees, "valeur", tues)
    for liste, colonne in PRESENTES.values():
        assert second.donnees[liste][0][colonne] == MASQUE
    assert second.donnees["evolution_parts"][0]["annees"][0]["valeur"] == MASQUE
    assert second.donnees["avis"][0]["parts"] == [] and second.donnees["cohorte"][0]["dues"] == 50
    assert not a_retenir(second.cases("valeur"), premier.cases("valeur"))


def test_deux_versions_qui_different_de_cinq_personnes_se_lisent():
    premier, second = document(22, **listes(22)), document(27, **listes(27))
    assert a_retenir(second.cases("valeur"), premier.cases("valeur")) == set()


def test_cinq_sorties_d_une_seule_personne_restent_les_siennes():
    """Une sortie, un contrat, une ligne d'heures ont chacun leur personne : c'est elle que l'on compte."""
    premier, second = document(22, **listes(22)), document(27, **listes(27))
    a_qui = {("sortie", cle): cle // 5 for cle in range(60)}
    assert a_retenir(second.cases("valeur"), premier.cases("valeur"), a_qui=a_qui) == {COHORTE_LUE}


def test_les_sorties_d_un_membre_ne_sont_pas_ses_personnes():
    """Un membre connaît ses personnes : les sorties des autres se lisent par différence, s'il en est de moins de cinq."""
    reseau = document(40, cohorte=listes(40)["cohorte"])
    a_qui = {("sortie", cle): f"personne {cle}" for cle in range(60)}
    siennes = frozenset(f"personne {cle}" for cle in range(37))
    assert a_retenir(reseau.cases("valeur"), [], siennes, a_qui) == {COHORTE_LUE}
    assert a_retenir(reseau.cases("valeur"), [], frozenset(range(37)), a_qui) == set()
