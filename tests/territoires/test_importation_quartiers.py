"""Importer les quartiers : rejouable, contours remplacés, communes retrouvées, toutes les fautes à la fois."""

import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from territoires.enums import Millesime
from territoires.importation import ImportRefuse, importer_quartiers
from territoires.models import QuartierPrioritaire
from territoires.services import quartier_a
from tests.fabriques.territoires import CommuneFactory, QuartierFactory, carre
from tests.territoires.outils import collection, element

pytestmark = pytest.mark.django_db

ANCIEN, NOUVEAU = Millesime.GEOGRAPHIE_2015, Millesime.GEOGRAPHIE_2024


@pytest.fixture
def cherbourg():
    return CommuneFactory(code_insee="50129", nom="Cherbourg-en-Cotentin", autres_codes=" 50173 ")


@pytest.fixture
def ecrire(tmp_path):
    def ecrire(*elements, **reste):
        chemin = tmp_path / "quartiers.geojson"
        chemin.write_text(json.dumps(collection(*elements, **reste)))
        return chemin

    return ecrire


def communes(code: str, millesime=NOUVEAU) -> list[str]:
    quartier = QuartierPrioritaire.objects.get(code=code, millesime=millesime)
    return sorted(quartier.communes.values_list("code_insee", flat=True))


def test_un_quartier_est_cree_avec_son_contour_son_emprise_sa_commune(cherbourg, ecrire):
    rapport = importer_quartiers(ecrire(element(insee_com="50129")), NOUVEAU)
    assert rapport.cree == {"quartiers": 1}
    quartier = QuartierPrioritaire.objects.get()
    assert (quartier.code, quartier.nom, quartier.millesime) == ("QP050001", "Les Provinces", 2024)
    assert (quartier.ouest, quartier.sud, quartier.est, quartier.nord) == pytest.approx((-1.65, 49.62, -1.64, 49.63))
    assert quartier.geometrie["type"] == "MultiPolygon"
    assert not quartier.demonstration
    assert communes("QP050001") == ["50129"]
    quartier.full_clean()


@pytest.mark.parametrize("code", [50129.0, 50129, "50129.0", "50173", 50173.0])
def test_un_code_de_commune_pris_pour_un_nombre_est_reconnu(cherbourg, ecrire, code):
    rapport = importer_quartiers(ecrire(element(insee_com=code)), NOUVEAU)
    assert communes("QP050001") == ["50129"] and not rapport.avertissements


def test_rejoue_il_ne_change_rien_pas_meme_la_date(cherbourg, ecrire):
    fichier = ecrire(element(insee_com="50129"), element("QP050002", "Maupas", (-1.63, 49.62, -1.62, 49.63)))
    importer_quartiers(fichier, NOUVEAU)
    avant = list(QuartierPrioritaire.objects.values_list("pk", "uuid", "modifie_le"))
    rapport = importer_quartiers(fichier, NOUVEAU)
    assert rapport.inchange == {"quartiers": 2}
    assert list(QuartierPrioritaire.objects.values_list("pk", "uuid", "modifie_le")) == avant


def test_un_contour_change_remplace_l_ancien_et_garde_l_identite(cherbourg, ecrire):
    importer_quartiers(ecrire(element(insee_com="50129")), NOUVEAU)
    identite = QuartierPrioritaire.objects.values_list("pk", "uuid").get()
    rapport = importer_quartiers(ecrire(element(emprise=(-1.65, 49.62, -1.60, 49.63))), NOUVEAU)
    assert rapport.modifie == {"quartiers": 1}
    assert QuartierPrioritaire.objects.values_list("pk", "uuid").get() == identite
    assert QuartierPrioritaire.objects.get().est == pytest.approx(-1.60)
    assert communes("QP050001") == ["50129"], "sans commune dans le fichier, celle qui était connue reste"


def test_les_deux_millesimes_vivent_cote_a_cote(cherbourg, ecrire):
    importer_quartiers(ecrire(element(insee_com="50129")), ANCIEN)
    rapport = importer_quartiers(ecrire(element(insee_com="50129", emprise=(-1.65, 49.62, -1.60, 49.63))), NOUVEAU)
    assert rapport.cree == {"quartiers": 1}
    assert sorted(QuartierPrioritaire.objects.values_list("millesime", flat=True)) == [2015, 2024]


def test_un_quartier_que_le_fichier_ne_nomme_pas_est_garde(ecrire):
    QuartierFactory(code="QN99001N")
    rapport = importer_quartiers(ecrire(element()), NOUVEAU)
    assert rapport.absent == {"quartiers": 1}
    assert QuartierPrioritaire.objects.filter(code="QN99001N").exists()


@pytest.mark.parametrize("valeur", ["50129", "50129, 50173", ["50129"], 50129, "50173"])
def test_les_communes_par_leur_code_meme_ancien(cherbourg, ecrire, valeur):
    importer_quartiers(ecrire(element(code_insee=valeur)), NOUVEAU)
    assert communes("QP050001") == ["50129"]


def test_la_commune_par_son_nom_dans_le_departement_du_code(cherbourg, ecrire):
    CommuneFactory(code_insee="14999", code_departement="14", nom="Cherbourg-en-Cotentin")
    importer_quartiers(ecrire(element("QN05001M", commune_qp="CHERBOURG EN COTENTIN")), NOUVEAU)
    assert communes("QN05001M") == ["50129"]


def test_un_nom_ambigu_ne_choisit_pas(cherbourg, ecrire):
    CommuneFactory(code_insee="50999", nom="Cherbourg-en-Cotentin")
    rapport = importer_quartiers(ecrire(element(commune_qp="Cherbourg-en-Cotentin")), NOUVEAU)
    assert communes("QP050001") == []
    assert "Quartiers sans commune connue : QP050001" in rapport.avertissements[0]


def test_la_commune_par_le_recouvrement_de_l_autre_millesime(cherbourg, ecrire):
    ailleurs = CommuneFactory(code_insee="50041", nom="La Hague")
    QuartierFactory(millesime=ANCIEN, emprise=(-1.65, 49.62, -1.64, 49.63), communes=[cherbourg])
    QuartierFactory(millesime=ANCIEN, emprise=(-1.80, 49.62, -1.79, 49.63), communes=[ailleurs])
    importer_quartiers(ecrire(element("QN05001M", emprise=(-1.648, 49.621, -1.63, 49.64))), NOUVEAU)
    assert communes("QN05001M") == ["50129"]


def test_un_code_de_commune_inconnu_se_dit_sans_bloquer(cherbourg, ecrire):
    rapport = importer_quartiers(ecrire(element(insee_com="50129, 99999, n'importe quoi")), NOUVEAU)
    assert communes("QP050001") == ["50129"]
    assert rapport.avertissements == ["Codes de commune inconnus du référentiel : 99999, n'importe quoi."]


def test_l_officiel_remplace_la_demonstration_a_code_egal(cherbourg, ecrire):
    QuartierFactory(code="QP050001", demonstration=True, communes=[cherbourg])
    importer_quartiers(ecrire(element()), NOUVEAU)
    assert not QuartierPrioritaire.objects.get().demonstration


def test_un_point_suit_le_nouveau_contour_aussitot_importe(cherbourg, ecrire):
    jour = datetime.date(2024, 6, 1)
    importer_quartiers(ecrire(element()), NOUVEAU)
    assert quartier_a(latitude=49.625, longitude=-1.62, le=jour).quartier is None
    importer_quartiers(ecrire(element(emprise=(-1.65, 49.61, -1.60, 49.64))), NOUVEAU)
    assert quartier_a(latitude=49.625, longitude=-1.62, le=jour).quartier.code == "QP050001"


def test_toutes_les_fautes_a_la_fois_et_rien_d_ecrit(cherbourg, ecrire):
    fichier = ecrire(
        element(),
        element(code=None),
        element("QP0500022", emprise=(-1.63, 49.62, -1.62, 49.63)),
        element("QP050003", geometry=None),
        element("QP050004", geometry=carre(362_000, 6_955_000, 363_000, 6_956_000)),
        element("QP050005", geometry=carre(49.62, -1.65, 49.63, -1.64)),
        element("QP050006", nom=None, emprise=(-1.61, 49.62, -1.60, 49.63)),
    )
    with pytest.raises(ImportRefuse) as refus:
        importer_quartiers(fichier, NOUVEAU)
    assert len(refus.value.erreurs) == 6
    assert not QuartierPrioritaire.objects.exists()


@pytest.mark.parametrize(
    "contenu", [b"", b"{", b"\xff\xfe", b"[1, 2]", b"[" * 100_000, b'{"type": "FeatureCollection"}']
)
def test_un_fichier_illisible_se_refuse_d_une_phrase(tmp_path, contenu):
    fichier = tmp_path / "q.geojson"
    fichier.write_bytes(contenu)
    with pytest.raises(ImportRefuse) as refus:
        importer_quartiers(fichier, NOUVEAU)
    assert len(refus.value.erreurs) == 1


def test_un_fichier_absent_et_un_dossier(tmp_path):
    with pytest.raises(ImportRefuse, match="introuvable"):
        importer_quartiers(tmp_path / "rien.geojson", NOUVEAU)
    with pytest.raises(ImportRefuse, match="dossier"):
        importer_quartiers(tmp_path, NOUVEAU)


def test_la_commande(cherbourg, ecrire):
    fichier, sortie = str(ecrire(element(insee_com="50129"))), StringIO()
    call_command("importer_quartiers", fichier, "--millesime", "2024", "--format", "json", stdout=sortie)
    assert json.loads(sortie.getvalue())["cree"] == {"quartiers": 1}
    sortie = StringIO()
    call_command("importer_quartiers", fichier, "--millesime", "2024", stdout=sortie)
    assert "quartiers : 0 créés, 0 modifiés, 1 inchangés" in sortie.getvalue()


@pytest.mark.parametrize("arguments", [[], ["--millesime", "2019"]])
def test_la_commande_exige_un_millesime_connu(ecrire, arguments):
    with pytest.raises(CommandError, match="millesime"):
        call_command("importer_quartiers", str(ecrire(element())), *arguments)


def test_la_commande_dit_les_avertissements_et_les_refus(ecrire):
    sortie = StringIO()
    call_command("importer_quartiers", str(ecrire(element())), "--millesime", "2015", stdout=sortie)
    assert "Attention : Quartiers sans commune connue" in sortie.getvalue()
    with pytest.raises(CommandError, match=r"(?s)rien n'a été écrit.*contour absent"):
        call_command("importer_quartiers", str(ecrire(element(geometry=None))), "--millesime", "2015")
