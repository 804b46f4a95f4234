"""Importer les contours des communes : rejouable, tout ou rien, et le fond d'une carte de quartiers."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from territoires.fond_de_carte import communes_autour
from territoires.importation import ImportRefuse, importer_contours_communes
from territoires.models import ContourCommune
from tests.fabriques.territoires import CommuneFactory, QuartierFactory

pytestmark = pytest.mark.django_db

CHERBOURG = [[-1.70, 49.55], [-1.55, 49.55], [-1.55, 49.70], [-1.70, 49.70], [-1.70, 49.55]]


@pytest.fixture
def cherbourg():
    return CommuneFactory(code_insee="50129", nom="Cherbourg-en-Cotentin")


@pytest.fixture
def ecrire(tmp_path):
    def ecrire(*elements):
        chemin = tmp_path / "communes.geojson"
        chemin.write_text(json.dumps({"type": "FeatureCollection", "features": list(elements)}))
        return chemin

    return ecrire


def commune(anneau=CHERBOURG, **proprietes) -> dict:
    return {
        "type": "Feature",
        "properties": proprietes,
        "geometry": {"type": "Polygon", "coordinates": [anneau]},
    }


@pytest.mark.parametrize("proprietes", [{"code": "50129"}, {"INSEE_COM": "50129"}, {"codgeo": 50129.0}])
def test_un_contour_se_cree_puis_ne_change_plus(cherbourg, ecrire, proprietes):
    fichier = ecrire(commune(**proprietes))
    assert importer_contours_communes(fichier).cree == {"contours": 1}
    contour = ContourCommune.objects.get()
    assert contour.commune == cherbourg
    assert (contour.ouest, contour.sud, contour.est, contour.nord) == pytest.approx((-1.70, 49.55, -1.55, 49.70))
    contour.full_clean()
    assert importer_contours_communes(fichier).inchange == {"contours": 1}


def test_un_contour_remplace_le_precedent(cherbourg, ecrire):
    importer_contours_communes(ecrire(commune(code="50129")))
    autre = [[x + 0.01, y] for x, y in CHERBOURG]
    assert importer_contours_communes(ecrire(commune(autre, code="50129"))).modifie == {"contours": 1}
    assert ContourCommune.objects.get().ouest == pytest.approx(-1.69)


def test_une_commune_en_plusieurs_elements_les_reunit(cherbourg, ecrire):
    ile = [[x - 0.5, y] for x, y in CHERBOURG]
    importer_contours_communes(ecrire(commune(code="50129"), commune(ile, code="50129")))
    contour = ContourCommune.objects.get()
    assert len(contour.geometrie["coordinates"]) == 2 and contour.ouest == pytest.approx(-2.20)


def test_un_contour_absent_du_fichier_est_garde(cherbourg, ecrire):
    importer_contours_communes(ecrire(commune(code="50129")))
    CommuneFactory(code_insee="50173")
    rapport = importer_contours_communes(ecrire(commune(code="50173"), commune(code="99999")))
    assert (rapport.cree["contours"], rapport.absent["contours"], rapport.ignore["contours"]) == (1, 1, 1)
    assert "inconnues ici" in rapport.avertissements[0]
    assert ContourCommune.objects.count() == 2


@pytest.mark.parametrize(
    ("elements", "motif"),
    [
        ([], "FeatureCollection"),
        ([commune()], "code INSEE absent"),
        ([commune(code="50129"), "texte"], "Élément 2"),
        ([commune([[700_000, 6_900_000]] * 4, code="50129")], "Lambert-93"),
        ([{"type": "Feature", "properties": {"code": "50129"}, "geometry": None}], "contour absent"),
    ],
)
def test_une_faute_se_dit_et_rien_ne_s_ecrit(cherbourg, ecrire, elements, motif):
    with pytest.raises(ImportRefuse, match=motif):
        importer_contours_communes(ecrire(*elements))
    assert not ContourCommune.objects.exists()


def test_la_commande_dit_ce_qu_elle_a_fait(cherbourg, ecrire, capsys):
    call_command("importer_contours_communes", str(ecrire(commune(code="50129"))))
    assert "contours : 1 créés" in capsys.readouterr().out
    with pytest.raises(CommandError, match="rien n'a été écrit"):
        call_command("importer_contours_communes", str(ecrire()))


def test_seules_les_communes_proches_font_le_fond(cherbourg, ecrire):
    CommuneFactory(code_insee="75056", nom="Paris")
    paris = [[x + 4, y - 1] for x, y in CHERBOURG]
    importer_contours_communes(ecrire(commune(code="50129"), commune(paris, code="75056")))
    quartier = QuartierFactory()
    assert [nom for nom, _ in communes_autour([quartier])] == ["Cherbourg-en-Cotentin"]
    assert communes_autour([]) == []


@pytest.mark.parametrize("page", ["territoires:quartiers", "suivi:reperage"])
def test_la_carte_nomme_la_commune(connecte, monde, ecrire, page):
    quartier = monde.referentiel.quartier
    la = quartier.communes.first()
    ouest, sud, est, nord = quartier.ouest - 1, quartier.sud - 1, quartier.est + 1, quartier.nord + 1
    anneau = [[ouest, sud], [est, sud], [est, nord], [ouest, nord], [ouest, sud]]
    importer_contours_communes(ecrire(commune(anneau, code=la.code_insee)))
    contenu = connecte("edition").get(reverse(page)).content.decode()
    assert 'class="fond-communes"' in contenu
    assert f">{la.nom}</text>" in contenu
