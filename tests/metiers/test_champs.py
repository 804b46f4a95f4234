"""Désigner un métier : par son code, par ses mots, parmi des suggestions ; et reprendre un répertoire sans rien perdre."""

import pytest
from django.core.exceptions import ValidationError

from metiers.forms import METIERS_PAR_PERSONNE, MetierField, MetiersField
from metiers.importation import importer_metiers, installer_metiers_courants, lire_metiers
from metiers.models import Metier
from tests.saisie import adresse

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _repertoire(db):
    installer_metiers_courants()
    Metier.objects.create(code="F1799", libelle="Maçonnerie d'art")


@pytest.mark.parametrize(
    ("saisie", "code"),
    [
        ("F1703", "F1703"),
        ("f1703", "F1703"),
        ("  F1703  ", "F1703"),
        ("F1703 · Maçonnerie", "F1703"),
        ("F1703 · un libellé d'autrefois", "F1703"),
        ("MACONNERIE D'ART", "F1799"),
        ("art maçonnerie", "F1799"),
        ("K2204 nettoyage", "K2204"),
        ("F1703\u200b", "F1703"),
        ("", None),
        ("\u200b \u200b", None),
    ],
)
def test_un_metier_se_designe_par_son_code_ou_ses_mots(saisie, code):
    metier = MetierField(required=False).clean(saisie)
    assert (metier and metier.code) == code


@pytest.mark.parametrize(
    ("saisie", "erreur", "phrase"),
    [
        ("maçonn", "ambigu", "F1703 · Maçonnerie, F1799 · Maçonnerie d'art"),
        ("Z9999", "inconnu", "Métier inconnu : « Z9999 ». Tapez un mot de son nom, ou son code ROME."),
        ("???", "inconnu", "« ??? »"),
    ],
)
def test_un_metier_inconnu_ou_ambigu_dit_quoi_faire(saisie, erreur, phrase):
    with pytest.raises(ValidationError) as refus:
        MetierField().clean(saisie)
    assert refus.value.code == erreur and phrase in refus.value.messages[0]


def test_plusieurs_metiers_sans_doublon_et_dans_l_ordre_tape():
    cases = ["F1703", "", "maçonnerie d'art", "F1703 · Maçonnerie"]
    assert [metier.code for metier in MetiersField(required=False).clean(cases)] == ["F1703", "F1799"]
    assert MetiersField(required=False).clean([""] * METIERS_PAR_PERSONNE) == []
    lus = MetiersField(required=False).clean(["F1703", "astronaute", "Astronaute (à préciser)", "astronaute"])
    assert [str(metier) for metier in lus] == [
        "F1703 · Maçonnerie",
        "astronaute (à préciser)",
        "Astronaute (à préciser)",
    ]


@pytest.mark.parametrize(
    ("demande", "montres"),
    [
        ({"q": "maçon"}, {"F1703", "F1799"}),
        ({"q": "f17"}, {"F1703", "F1799"}),
        ({"champ": "metiers_0", "metiers_0": "d'art"}, {"F1799"}),
        ({"q": "   "}, set()),
        ({}, set()),
        ({"champ": "rien"}, set()),
    ],
)
def test_les_suggestions_suivent_ce_qui_est_tape(connecte, demande, montres):
    page = connecte("entreprise").get(adresse("metiers:suggestions"), demande).content.decode()
    assert {code for code in ("F1703", "F1799", "K2204") if code in page} == montres


def test_les_suggestions_sont_aux_connectes_et_restent_courtes(client, connecte):
    assert client.get(adresse("metiers:suggestions"), {"q": "maçon"}).status_code == 302
    Metier.objects.bulk_create(
        Metier(code=f"A10{n}", libelle=f"Essai {n}", libelle_plie=f"essai {n}") for n in range(10, 40)
    )
    page = connecte("lecture").get(adresse("metiers:suggestions"), {"q": "essai"}).content.decode()
    assert page.count("Essai ") == 12


# --- La reprise d'un répertoire -----------------------------------------------------------------------------------
def fichier(tmp_path, texte: str):
    chemin = tmp_path / "rome.csv"
    chemin.write_text(texte, encoding="utf-8")
    return chemin


@pytest.mark.parametrize(
    ("texte", "lus", "refus"),
    [
        ("code,libelle\nF1703,Maçonnerie\n", {"F1703": "Maçonnerie"}, 0),
        ("\ufeffCODE_ROME;Intitulé\nf1703;  Maçonnerie   fine \n", {"F1703": "Maçonnerie fine"}, 0),
        ("code;libelle\nO1703;Hors lettre\nF170;Court\nF17033;Long\nF1703;\n", {}, 4),
        ("code;libelle\nF1703;Un\nF1703;Deux\n", {"F1703": "Deux"}, 0),
        (f"code;libelle\nF1703;{'x' * 200}\n", {"F1703": "x" * 150}, 0),
        ("metier;nom\nF1703;Maçonnerie\n", {}, 1),
        ("", {}, 1),
    ],
)
def test_un_fichier_se_lit_ou_dit_ce_qui_manque(tmp_path, texte, lus, refus):
    lecture = lire_metiers(fichier(tmp_path, texte))
    assert (lecture.libelles, len(lecture.refus)) == (lus, refus)


def test_a_blanc_rien_ne_s_ecrit_et_rien_ne_s_efface_jamais(tmp_path):
    chemin = fichier(tmp_path, "code;libelle\nF1703;Maçonnerie corrigée\nB1101;Création en arts\n")
    avant = dict(Metier.objects.values_list("code", "libelle"))
    essai = importer_metiers(chemin, pour_de_vrai=False)
    assert dict(Metier.objects.values_list("code", "libelle")) == avant
    vrai = importer_metiers(chemin, pour_de_vrai=True)
    assert vrai == essai and (vrai.crees, vrai.modifies, vrai.inchanges) == (1, 1, 0)
    apres = dict(Metier.objects.values_list("code", "libelle"))
    assert apres == {**avant, "F1703": "Maçonnerie corrigée", "B1101": "Création en arts"}
    assert Metier.objects.get(code="F1703").libelle_plie == "maconnerie corrigee"
    assert importer_metiers(chemin, pour_de_vrai=True).inchanges == 2
