"""La jauge d'une opération compte ce que compte sa charte : la page et le bilan disent le même nombre, et le reste à part."""

import datetime
from decimal import Decimal

import pytest

from marches.models import Operation
from reporting.bilan.decoupe import lire, toute_l_histoire
from reporting.bilan.masques import masquer
from reporting.bilan.operations import avancement_de, regle_de
from reporting.bilan.petits import MASQUE
from reporting.bilan.synthese import assembler
from reporting.enums import Variante
from reporting.lecture.perimetre import Perimetre
from reporting.panneaux import charte
from reporting.recit import charte as dite
from socle.periodes import Periode
from tests.reporting.donnees_bilan import donnees_2018
from tests.reporting.mondes_de_bilans import MondeDeBilans

pytestmark = pytest.mark.django_db
LE = datetime.date(2024, 12, 31)


@pytest.mark.parametrize("graine", range(6))
def test_la_page_et_le_bilan_disent_le_meme_nombre(graine):
    monde = MondeDeBilans(900 + graine)
    for operation in Operation.objects.filter(structure=monde.structures[0]).order_by("pk"):
        perimetre = Perimetre(monde.structures[0], toute_l_histoire(Periode.annee(2024)), Variante.OPERATION, operation)
        du_bilan = assembler(lire(perimetre), LE, {})["charte"]
        lu = avancement_de(operation, LE, regle_de(operation))
        ecran = [float(lu.faites), float(lu.comptees), float(lu.hors), lu.habitants, lu.personnes]
        assert ecran == [du_bilan[cle] for cle in ("faites", "comptees", "hors", "habitants", "personnes")]


def test_seules_les_heures_des_habitants_remplissent_la_jauge(monde_de_charte):
    """87 % d'heures faites, mais celles d'habitants ne sont que 24 % : c'est 24 % que l'objectif a reçu."""
    operation, acteur = monde_de_charte
    panneau = charte(acteur, operation)
    assert panneau["jauge"].faites == panneau["avancement"].comptees
    assert panneau["avancement"].hors == panneau["avancement"].faites - panneau["avancement"].comptees
    Operation.objects.filter(pk=operation.pk).update(programme="aucun", taux_cible=Decimal(5))
    operation.refresh_from_db()
    sans_reserve = charte(acteur, operation)
    assert sans_reserve["jauge"].faites == sans_reserve["avancement"].faites


@pytest.fixture
def monde_de_charte():
    monde = MondeDeBilans(901)
    operation = Operation.objects.filter(structure=monde.structures[0]).order_by("pk")[0]
    operation.programme, operation.heures_travaillees = "npnru", Decimal(10000)
    operation.save()
    return operation, None


def donnees(**champs) -> dict:
    charte = {
        "programme": "NPNRU", "heures_travaillees": 20000, "taux": 5, "objectif": 1000, "faites": 870, "faites_qpv": 240,
        "reservee": True, "quartiers": ["Les Provinces"], "comptees": 240, "hors": 630, "habitants": 8, "personnes": 30,
    }  # fmt: skip
    return {**donnees_2018(), "charte": charte | champs}


def test_le_pdf_dit_ce_qui_compte_et_ce_qui_ne_compte_pas():
    lues = donnees()
    assert "Comptent les heures des habitants des quartiers de la charte (Les Provinces)" in dite.objectif(lues)
    mesures = dite.mesures(lues["charte"])
    assert [valeur.replace("\u202f", " ").replace("\xa0", " ") for valeur, _, _ in mesures] == [
        "1 000 h", "240 h", "760 h", "630 h",
    ]  # fmt: skip
    assert mesures[1][2].startswith("24")


@pytest.mark.parametrize("champs", [{"habitants": 3}, {"habitants": 28}, {"habitants": 2, "personnes": 3}])
def test_les_heures_de_quelques_habitants_ne_sortent_pas(champs):
    """Trois habitants, ou tous sauf deux : leurs heures, et ce qui les rendrait par différence, se cachent ensemble."""
    publiee = masquer(donnees(**champs))["charte"]
    assert {publiee["comptees"], publiee["hors"], publiee["faites_qpv"]} == {MASQUE}
    assert isinstance(publiee["habitants"], str)


def test_les_habitants_des_autres_quartiers_ne_se_lisent_pas_par_difference():
    assert masquer(donnees(faites_qpv=250))["charte"]["faites_qpv"] == MASQUE
    assert masquer(donnees())["charte"]["faites_qpv"] == 240
