"""Le territoire de démonstration : rejouable, respectueux de l'officiel, et fidèle aux vrais codes."""

import datetime
import json
import tarfile

import pytest
from shapely.geometry import Point

from clauses_sociales.demonstration import territoire as demonstration
from clauses_sociales.demonstration.territoire import COMMUNES, QUARTIERS, charger_territoire_de_demonstration
from territoires.designation import designer
from territoires.geometrie import en_forme, hectares
from territoires.importation import importer_communes
from territoires.models import AutreNom, Commune, Epci, QuartierPrioritaire
from territoires.services import quartier_a
from tests.fabriques.territoires import CommuneFactory, EpciFactory
from tests.territoires.outils import PAQUET_OFFICIEL, RAISON_SANS_PAQUET

pytestmark = pytest.mark.django_db
AVANT, APRES = datetime.date(2018, 3, 1), datetime.date(2026, 3, 1)


def photo() -> list:
    return [
        list(Epci.objects.order_by("pk").values_list()),
        list(Commune.objects.order_by("pk").values_list()),
        list(QuartierPrioritaire.objects.order_by("pk").values_list()),
    ]


def test_deux_fois_une_seule():
    epci = charger_territoire_de_demonstration()
    assert (epci.siren, epci.nom) == ("200067205", "CA du Cotentin")
    assert epci.communes.count() == len(COMMUNES[epci.siren][1]) >= 25
    avant = photo()
    charger_territoire_de_demonstration()
    assert photo() == avant


def test_les_communes_officielles_deja_la_ne_sont_pas_touchees():
    agglo = EpciFactory(siren="200067205", nom="Nom officiel")
    officielle = CommuneFactory(code_insee="50129", nom="Cherbourg officiel", epci=agglo, population=78_258)
    charger_territoire_de_demonstration()
    officielle.refresh_from_db()
    agglo.refresh_from_db()
    assert (officielle.nom, officielle.population, agglo.nom) == ("Cherbourg officiel", 78_258, "Nom officiel")


def test_trois_quartiers_marques_dans_les_deux_geographies():
    charger_territoire_de_demonstration()
    for millesime in (2015, 2024):
        quartiers = QuartierPrioritaire.objects.filter(millesime=millesime)
        assert {q.nom for q in quartiers} == {nom for _, nom, _, _ in QUARTIERS}
        assert all(q.demonstration and q.code.startswith(f"DEM{millesime % 100}-") for q in quartiers)
        assert {c.code_insee for q in quartiers for c in q.communes.all()} == {"50129"}
        for quartier in quartiers:
            quartier.full_clean()


def test_les_contours_ne_se_recouvrent_pas_et_celui_des_fourches_s_agrandit():
    charger_territoire_de_demonstration()
    formes = {(q.millesime, q.nom): en_forme(q.geometrie) for q in QuartierPrioritaire.objects.all()}
    for millesime in (2015, 2024):
        les_trois = [forme for (annee, _), forme in formes.items() if annee == millesime]
        assert sum(forme.area for forme in les_trois) == pytest.approx(
            les_trois[0].union(les_trois[1]).union(les_trois[2]).area
        )
    ancien, nouveau = (formes[millesime, QUARTIERS[2][1]] for millesime in (2015, 2024))
    assert nouveau.buffer(1e-9).contains(ancien)
    assert hectares(nouveau) > 1.3 * hectares(ancien)


@pytest.mark.parametrize(("rang", "nom", "longitude", "latitude"), QUARTIERS)
def test_le_point_de_repere_de_chaque_quartier_est_bien_dedans(rang, nom, longitude, latitude):
    charger_territoire_de_demonstration()
    for jour in (AVANT, APRES):
        localisation = quartier_a(latitude=latitude, longitude=longitude, le=jour)
        assert localisation.quartier.nom == nom
        assert not localisation.a_verifier
    assert en_forme(localisation.quartier.geometrie).contains(Point(longitude, latitude))
    assert rang in localisation.quartier.code


def test_tout_est_en_place_pour_cherbourg():
    assert demonstration.CHERBOURG in COMMUNES[demonstration.COTENTIN][1]


@pytest.mark.skipif(not PAQUET_OFFICIEL.exists(), reason=RAISON_SANS_PAQUET)
def test_chaque_code_chaque_nom_chaque_epci_est_l_officiel():
    with tarfile.open(PAQUET_OFFICIEL) as archive:
        communes, intercommunalites = (
            json.load(archive.extractfile(f"package/data/{nom}.json")) for nom in ("communes", "epci")
        )
    noms = {ligne["code"]: ligne["nom"] for ligne in communes if ligne["type"] == "commune-actuelle"}
    officiels = {ligne["code"]: ligne for ligne in intercommunalites}
    for siren, (nom, membres) in COMMUNES.items():
        assert officiels[siren]["nom"] == nom
        assert {code: noms[code] for code in membres} == membres
        assert membres.keys() <= {membre["code"] for membre in officiels[siren]["membres"]}


@pytest.mark.skipif(not PAQUET_OFFICIEL.exists(), reason=RAISON_SANS_PAQUET)
def test_la_commande_documentee_ne_trouve_rien_a_redire_aux_communes_de_la_demonstration():
    charger_territoire_de_demonstration()
    communes = list(Commune.objects.order_by("pk").values_list("pk", "codes_postaux"))
    autres = set(AutreNom.objects.order_by("pk").values_list("commune_id", "code_insee", "nom"))
    importer_communes(PAQUET_OFFICIEL)
    assert list(Commune.objects.filter(pk__in=dict(communes)).order_by("pk").values_list("pk", "codes_postaux")) == (
        communes
    )
    siens = AutreNom.objects.filter(commune__in=dict(communes)).order_by("pk")
    assert set(siens.values_list("commune_id", "code_insee", "nom")) == autres
    assert designer("Tourlaville").code_insee == designer("50120 Équeurdreville-Hainneville").code_insee == "50129"
    assert designer("Pierrefitte-sur-Seine").code_insee == "93066" and designer("85307").code_insee == "85001"
    assert designer("L'Oie").code_insee == "85165" and designer("Marseille 1er").code_insee == "13055"
