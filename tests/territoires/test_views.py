"""Les pages du territoire et les suggestions, avec le client strict."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from territoires.models import Territoire
from tests.fabriques.territoires import CommuneFactory, QuartierFactory, TerritoireFactory

pytestmark = pytest.mark.django_db
TERRITOIRE, QUARTIERS = "territoires:territoire", "territoires:quartiers"


@pytest.fixture
def territoire(monde):
    Territoire.objects.all().delete()
    ville, village = monde.referentiel.ville, monde.referentiel.village
    TerritoireFactory(
        structure=monde.autre.structure, nom="L'autre territoire", communes=[CommuneFactory(nom="Ailleurs")]
    )
    return TerritoireFactory(structure=monde.nous.structure, nom="CA du Cotentin", communes=[ville, village])


@pytest.mark.parametrize("qui", ["responsable", "edition", "lecture"])
def test_les_facilitateurs_lisent_leurs_communes(connecte, territoire, qui):
    page = connecte(qui).get(reverse(TERRITOIRE)).content.decode()
    assert "Cherbourg-en-Cotentin" in page and "La Hague" in page
    assert "CA du Cotentin : 2 communes" in page
    assert "Ailleurs" not in page and "L'autre territoire" not in page


@pytest.mark.parametrize("nom", [TERRITOIRE, QUARTIERS])
@pytest.mark.parametrize("qui", ["entreprise", "financeur", "prescripteur", "administrateur"])
def test_les_autres_n_y_entrent_pas(connecte, territoire, qui, nom):
    assert connecte(qui).get(reverse(nom)).status_code == 403


def test_la_recherche_pardonne_accents_et_casse_et_lit_les_codes(connecte, territoire):
    client = connecte("responsable")
    for recherche in ("hagué", "HAGUE", "50041", "50440"):
        page = client.get(reverse(TERRITOIRE), {"recherche": recherche}).content.decode()
        assert "La Hague" in page and ">Cherbourg-en-Cotentin<" not in page, recherche
    assert "Aucun résultat" in client.get(reverse(TERRITOIRE), {"recherche": "zzz"}).content.decode()


def test_les_habitants_ne_s_additionnent_que_tous_connus(connecte, monde, territoire):
    ville, village = monde.referentiel.ville, monde.referentiel.village
    ville.population = 78_258
    ville.save()
    assert "habitants." not in connecte("responsable").get(reverse(TERRITOIRE)).content.decode()
    village.population = 11_484
    village.save()
    assert "89\u202f742 habitants." in connecte("responsable").get(reverse(TERRITOIRE)).content.decode()


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_la_liste_s_exporte(connecte, territoire, format_):
    reponse = connecte("responsable").get(reverse(TERRITOIRE), {"export": format_})
    assert f"communes-du-territoire.{format_}" in reponse["Content-Disposition"]


def test_une_structure_sans_territoire_sait_quoi_faire(connecte, monde):
    Territoire.objects.all().delete()
    page = connecte("responsable").get(reverse(TERRITOIRE)).content.decode()
    assert "n'a pas encore de territoire" in page.replace("&#x27;", "'")
    assert "Aucun quartier prioritaire" in connecte("responsable").get(reverse(QUARTIERS)).content.decode()


def test_les_quartiers_de_la_geographie_d_aujourd_hui_par_defaut(connecte, monde, territoire):
    ville = monde.referentiel.ville
    QuartierFactory(code="QP050009", nom="Ancien quartier", millesime=2015, communes=[ville])
    client = connecte("responsable")
    page = client.get(reverse(QUARTIERS)).content.decode()
    assert "Les Provinces" in page and "Ancien quartier" not in page
    assert "stroke-dasharray" in page and "En pointillé" in page
    ancienne = client.get(reverse(QUARTIERS), {"millesime": "2015"}).content.decode()
    assert "Ancien quartier" in ancienne and "Les Provinces" not in ancienne
    with time_machine.travel(datetime.datetime(2023, 6, 1, 12, tzinfo=datetime.UTC), tick=False):
        assert "Ancien quartier" in connecte("responsable").get(reverse(QUARTIERS)).content.decode()


@pytest.mark.parametrize("millesime", ["1999", "abc", "", "2024'"])
def test_un_millesime_inconnu_montre_celui_d_aujourd_hui(connecte, territoire, millesime):
    reponse = connecte("responsable").get(reverse(QUARTIERS), {"millesime": millesime})
    assert reponse.status_code == 200
    assert "Les Provinces" in reponse.content.decode()


def test_une_carte_par_commune_et_les_quartiers_d_ailleurs_non(connecte, monde, territoire):
    QuartierFactory(
        code="QN50002N", nom="Bourg", emprise=(-1.9, 49.6, -1.89, 49.61), communes=[monde.referentiel.village]
    )
    QuartierFactory(code="QN14001N", nom="Quartier de Caen", communes=[CommuneFactory(nom="Caen")])
    page = connecte("responsable").get(reverse(QUARTIERS)).content.decode()
    assert page.count("<figure") == 2
    assert "Bourg" in page and "Quartier de Caen" not in page


def test_les_contours_de_demonstration_se_disent(connecte, monde, territoire):
    quartier = monde.referentiel.quartier
    assert "démonstration" not in connecte("responsable").get(reverse(QUARTIERS)).content.decode()
    quartier.demonstration = True
    quartier.save()
    assert "Contours de démonstration" in connecte("responsable").get(reverse(QUARTIERS)).content.decode()


@pytest.mark.parametrize(("nom", "budget"), [(TERRITOIRE, 8), (QUARTIERS, 8)])
def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_lignes(
    connecte, monde, territoire, nom, budget, django_assert_max_num_queries
):
    communes = CommuneFactory.create_batch(20)
    territoire.communes.add(*communes)
    for rang, commune in enumerate(communes):
        QuartierFactory(emprise=(rang / 10, 48, rang / 10 + 0.05, 48.1), communes=[commune])
    client = connecte("responsable")
    with django_assert_max_num_queries(budget):
        client.get(reverse(nom))


# --- Les suggestions ---------------------------------------------------------------------------------------------
def suggestions(client, **parametres) -> str:
    return client.get(reverse("territoires:communes_suggestions"), parametres).content.decode()


def test_les_suggestions_par_q_ou_par_le_nom_du_champ(connecte, monde):
    client = connecte("entreprise")
    attendue = '<option value="Cherbourg-en-Cotentin (50129)">50100 50130</option>'
    assert attendue in suggestions(client, q="cherb")
    assert attendue in suggestions(client, champ="lot-0-commune", **{"lot-0-commune": "Chérbourg en"})
    assert attendue in suggestions(client, q="5013")
    assert attendue in suggestions(client, q="50129")


@pytest.mark.parametrize("parametres", [{}, {"q": "  "}, {"q": "zzzz"}, {"champ": "absent"}, {"q": "\0"}, {"q": "%_"}])
def test_rien_a_suggerer(connecte, monde, parametres):
    assert suggestions(connecte("responsable"), **parametres).strip() == "" or parametres["q"] in ("\0", "%_")


def test_les_noms_qui_commencent_ainsi_puis_les_plus_peuplees_douze_au_plus(connecte, monde):
    CommuneFactory(code_insee="14001", nom="Valognes-la-Petite", population=100)
    CommuneFactory(code_insee="50615", nom="Valognes", population=7_000)
    CommuneFactory(code_insee="14002", nom="Le Valognes", population=90_000)
    CommuneFactory.create_batch(20, nom="Valmont")
    lignes = suggestions(connecte("responsable"), q="valo").split("</option>")
    assert [ligne.split("(")[1][:5] for ligne in lignes if "(" in ligne] == ["50615", "14001", "14002"]
    assert suggestions(connecte("responsable"), q="val").count("<option") == 12


def test_les_mots_tapes_de_suite_d_abord_puis_les_communes_du_territoire(connecte, monde, territoire):
    CommuneFactory(code_insee="97412", nom="Saint-Joseph", codes_postaux="97480", population=40_000)
    CommuneFactory(code_insee="37233", nom="Saint-Pierre-des-Corps", population=15_000)
    chez_nous = CommuneFactory(code_insee="50539", nom="Saint-Pierre-Église", population=1_765)
    territoire.communes.add(chez_nous)
    for saisie in ("saint-p", "St P"):
        codes = [
            ligne.split("(")[1][:5] for ligne in suggestions(connecte("responsable"), q=saisie).split("<option")[1:]
        ]
        assert codes == ["50539", "37233"], saisie
    codes = [ligne.split("(")[1][:5] for ligne in suggestions(connecte("entreprise"), q="saint p").split("<option")[1:]]
    assert codes == ["37233", "50539"]


def test_l_anonyme_est_renvoye_a_la_connexion_et_l_inconnu_n_entre_pas(client, monde):
    assert client.get(reverse("territoires:communes_suggestions"), {"q": "cherb"}).status_code == 302
    client.force_login(monde.inconnu)
    assert client.get(reverse("territoires:communes_suggestions"), {"q": "cherb"}).status_code == 403
