"""Le répertoire des métiers : ce qui est livré est juste, ce qui s'importe est rejouable."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from metiers.courants import COURANTS
from metiers.importation import installer_metiers_courants
from metiers.models import Metier

ROME = Path(__file__).resolve().parents[3] / "shared" / "donnees" / "rome.csv"
SANS_ROME = pytest.mark.skipif(not ROME.is_file(), reason="Le répertoire ROME (../shared) est absent.")


@pytest.fixture(autouse=True)
def _metiers_courants(request):
    """Un essai au navigateur vide la base : la migration n'y est plus pour rien."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        installer_metiers_courants()


@SANS_ROME
def test_les_metiers_livres_sont_ceux_du_repertoire():
    with ROME.open(encoding="utf-8-sig") as fichier:
        rome = {ligne["code"]: ligne["libelle"] for ligne in csv.DictReader(fichier)}
    assert {code: rome.get(code) for code in COURANTS} == COURANTS


def importer(fichier, *options) -> dict:
    sortie = io.StringIO()
    call_command("importer_rome", str(fichier), "--format", "json", *options, stdout=sortie)
    return json.loads(sortie.getvalue())


@SANS_ROME
@pytest.mark.django_db
def test_le_repertoire_entier_s_importe_et_se_reimporte():
    avant = Metier.objects.count()
    essai = importer(ROME)
    assert Metier.objects.count() == avant == len(COURANTS)
    assert importer(ROME, "--pour-de-vrai") == essai
    assert Metier.objects.count() == 532
    assert importer(ROME, "--pour-de-vrai")["inchanges"] == 532


@pytest.mark.django_db
def test_une_ligne_fausse_se_dit_et_les_autres_entrent(tmp_path):
    fichier = tmp_path / "rome.csv"
    fichier.write_text(
        "\ufeffCode ROME;Libellé\nF1703;Maçonnerie fine\nZ99;Rien\nB1101;Création en arts\n", encoding="utf-8"
    )
    rapport = importer(fichier, "--pour-de-vrai")
    assert (rapport["crees"], rapport["modifies"], len(rapport["refus"])) == (1, 1, 1)
    assert Metier.objects.get(code="F1703").libelle == "Maçonnerie fine"


@pytest.mark.django_db
def test_un_metier_se_trouve_par_son_code_ou_ses_mots():
    assert [m.code for m in Metier.objects.all().chercher("MACONNERIE")] == ["F1703"]
    assert {m.code for m in Metier.objects.all().chercher("k220")} == {"K2201", "K2202", "K2203", "K2204"}
