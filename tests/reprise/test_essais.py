"""Les petits fichiers de `../shared/essais` qui échouaient : chacun donne sa bonne réponse."""

from pathlib import Path

import pytest

from reprise.lecture.liste import lire_liste
from reprise.models import ListeConfiee
from reprise.services.listes import formulaire
from tests.fabriques.territoires import CommuneFactory
from tests.reprise.outils import importer

ESSAIS = Path(__file__).resolve().parents[3] / "shared" / "essais"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not ESSAIS.is_dir(), reason="Les petits fichiers d'essai (../shared/essais) sont absents."),
]


def reprendre(nom: str, structure, pour_de_vrai: bool = False) -> tuple[dict, dict]:
    """Le rapport, et la raison de chaque cellule refusée : {valeur: raison}."""
    rapport, _ = importer(ESSAIS / "classeurs" / nom, structure, pour_de_vrai=pour_de_vrai)
    return rapport, {erreur["valeur"]: erreur["raison"] for erreur in rapport["erreurs"]}


def test_11b_une_rangee_d_espaces_sans_largeur_n_est_personne(structure):
    rapport, _ = reprendre("11b_espace_sans_largeur.xlsx", structure)
    assert rapport["erreurs"] == [] and rapport["cree"]["Bénéficiaires"] == 1


def test_22_une_personne_six_fois_est_signalee(structure):
    rapport, erreurs = reprendre("22_doublons.xlsx", structure)
    assert erreurs == {} and rapport["cree"]["Bénéficiaires"] == 7
    signales = [a["valeur"] for a in rapport["avertissements"] if "même personne" in a["raison"]]
    assert signales == ["BOG-P1b", "BOG-D2", "BOG-D3", "BOG-D4", "BOG-D5"]


def test_23_les_heures_se_lisent_comme_dans_le_formulaire(structure):
    _, erreurs = reprendre("23_nombres.xlsx", structure)
    assert set(erreurs) == {
        "1 234,5",
        "1.234,5",
        "1\u202f234,56",
        "1'234,50",
        "-1",
        "250,01",
        "1,234",
        "1.234",
        "01/02/2026 07:30",
    }
    assert all("deux façons" in erreurs[ambigu] for ambigu in ("1.234", "1,234"))
    for trop in ("1 234,5", "1.234,5", "1\u202f234,56", "1'234,50", "250,01"):
        assert "Pas plus de 250 heures" in erreurs[trop]  # lues, et trop nombreuses pour un mois


def test_23b_un_montant_a_deux_lectures_est_refuse(structure):
    _, erreurs = reprendre("23b_montants.xlsx", structure)
    assert set(erreurs) == {"1.234", "1,234", "1234567,891"}
    assert "deux façons" in erreurs["1.234"] and "deux façons" in erreurs["1,234"]


def test_24_un_code_pris_pour_un_nombre_retrouve_ses_cinq_chiffres(structure):
    CommuneFactory(code_insee="01004", nom="Ambérieu-en-Bugey", codes_postaux="01500")
    rapport, _ = reprendre("24_codes_insee.xlsx", structure)
    refusees = {(e["ligne"], e["colonne"]) for e in rapport["erreurs"] if "inconnue du" not in e["raison"].lower()}
    assert not {(ligne, colonne) for ligne, colonne in refusees if ligne in (2, 3, 4, 5, 6, 7, 22, 23)}
    assert (21, "Code postal") in refusees  # « 2A004 » n'est pas un code postal


LISTES = {
    "C1_virgules_dans_adresse.csv": (
        "Essai0",
        "Anne",
        "1999-03-12",
        "0, rue du Test, bâtiment B, porte 4, 50100 Cherbourg-en-Cotentin",
    ),
    "C3_macroman_cr.csv": (
        "Essai",
        "Anne",
        "1999-03-12",
        "12, rue du Test, bâtiment B, appartement 4, 50100, Cherbourg-en-Cotentin",
    ),
    "C9_entetes.csv": ("Essai", "Anne", "1999-03-12", "1 rue X 50100 Cherbourg"),
    "C11_nir.csv": ("Essai", "Anne", "1999-03-12", "1 99 •• •• ••• ••• •• rue"),
}


@pytest.mark.parametrize("nom", LISTES)
def test_une_liste_se_lit(nom, monde):
    lue = lire_liste(ESSAIS / "listes" / nom)
    donnees = lue.personnes[0][1]
    lu = tuple(donnees[champ] for champ in ("nom", "prenom", "date_naissance", "adresse"))
    assert lu == LISTES[nom]
    form = formulaire(monde.acteur("prescripteur"), ListeConfiee(structure=monde.structure), donnees)
    assert ("adresse" in form.errors) == (nom == "C11_nir.csv")
