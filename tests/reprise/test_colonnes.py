"""Chaque colonne et chaque libellé promis par le modèle de classeur est compris."""

import random

import pytest

from reprise import feuilles
from reprise.cellules import ValeurFausse
from reprise.feuilles import FEUILLES
from tests.reprise.outils import LIGNE, classeur_juste, ecrire, importer

LIBELLES = {
    ("Marchés", "nature"): "Travaux, Services, Fournitures",
    ("Marchés", "type_clause"): "Condition d'exécution, Critère d'attribution, Condition et critère, Marché réservé, "
    "Marché d'insertion, Clause privée",
    ("Entreprises", "type"): "Classique, EI, ACI, AI, ETTI, EITI, GEIQ, EA, EATT, ESAT, ETT",
    ("Bénéficiaires", "sexe"): "F, H",
    ("Bénéficiaires", "niveau"): "aucun, 3, 4, 5, 6 et plus",
    ("Contrats", "modalite"): "Embauche directe, Mise à disposition, Sous-traitance, Cotraitance, Alternance",
    ("Contrats", "type_contrat"): "CDI, CDD, CDDI, CDDU, Intérim, Apprentissage, Professionnalisation",
}


def lire(feuille: str, cle: str):
    return next(c for f in FEUILLES if f.nom == feuille for c in f.colonnes if c.cle == cle).lire


@pytest.mark.parametrize(("place", "libelles"), LIBELLES.items())
def test_chaque_libelle_promis_est_compris_et_donne_une_valeur_a_lui(place, libelles):
    attendus = libelles.split(", ")
    assert len({lire(*place)(libelle) for libelle in attendus}) == len(attendus)
    assert [lire(*place)(libelle.upper()) for libelle in attendus] == [lire(*place)(libelle) for libelle in attendus]


@pytest.mark.parametrize("clause", ["Clause privée (bailleur, ANRU, promoteur)", "clause privee", "Clause  Privée"])
def test_la_clause_privee_s_ecrit_avec_ou_sans_sa_parenthese(clause):
    assert lire("Marchés", "type_clause")(clause) == lire("Marchés", "type_clause")("Clause privée")


@pytest.mark.parametrize(
    ("ecrit", "lu"),
    [
        ("oui", True),
        ("O", True),
        ("x", True),
        ("VRAI", True),
        (True, True),
        ("non", False),
        ("N", False),
        ("faux", False),
        (False, False),
    ],
)
def test_oui_et_non_s_ecrivent_de_plusieurs_facons(ecrit, lu):
    assert lire("Bénéficiaires", "rsa")(ecrit) is lu


def test_un_oui_douteux_est_refuse():
    with pytest.raises(ValeurFausse):
        lire("Bénéficiaires", "rsa")("oui ?")


@pytest.mark.parametrize("feuille", FEUILLES, ids=lambda feuille: feuille.nom)
def test_les_colonnes_obligatoires_sont_celles_du_modele(feuille):
    obligatoires = {titre.rstrip("*") for titre in LIGNE[feuille.nom]() if titre.endswith("*")}
    assert set(feuille.obligatoires) == obligatoires
    assert feuille.utilite.endswith(".")


@pytest.mark.django_db
def test_l_ordre_des_colonnes_est_libre(structure, tmp_path, monkeypatch):
    for nom, faire in list(LIGNE.items()):
        titres = list(faire())
        random.shuffle(titres)
        monkeypatch.setitem(LIGNE, nom, lambda titres=titres: dict.fromkeys(titres))
    rapport, code = importer(ecrire(tmp_path / "c.xlsx", classeur_juste()), structure)
    assert (code, rapport["erreurs"]) == (0, [])
    assert rapport["cree"][feuilles.HEURES.nom] == 2
