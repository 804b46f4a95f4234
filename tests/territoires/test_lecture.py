"""Le GeoJSON tel qu'il circule : tolérant sur les noms, ferme sur les coordonnées, toutes les fautes à la fois."""

import json

import pytest

from territoires.geometrie import lire_quartiers
from tests.fabriques.territoires import carre
from tests.territoires.outils import collection, element, polygone


def seules_erreurs(*elements: dict) -> list[str]:
    return lire_quartiers(collection(*elements)).erreurs


@pytest.mark.parametrize("cle_code", ["code_qp", "CODE_QP", "identifiant"])
@pytest.mark.parametrize("cle_nom", ["lib_qp", "nom_qp", "NOM_QP"])
def test_les_noms_de_proprietes_des_deux_millesimes_et_des_miroirs(cle_code, cle_nom):
    brut = element(code=None, nom=None, **{cle_code: "QN05001M", cle_nom: "  Les   Provinces "})
    brut["properties"].pop("code_qp", None) if cle_code != "code_qp" else None
    lecture = lire_quartiers(collection(brut))
    assert lecture.erreurs == []
    assert [(q.code, q.nom) for q in lecture.quartiers] == [("QN05001M", "Les Provinces")]


def test_un_polygone_simple_devient_un_multipolygone():
    brut = element(geometry=polygone((-1.65, 49.62), (-1.64, 49.62), (-1.64, 49.63)))
    (quartier,) = lire_quartiers(collection(brut)).quartiers
    assert quartier.forme.geom_type == "MultiPolygon"


def test_plusieurs_lignes_d_un_meme_code_font_un_seul_quartier():
    lecture = lire_quartiers(
        collection(
            element(emprise=(-1.65, 49.62, -1.64, 49.63), insee_com="50129"),
            element(emprise=(-1.64, 49.62, -1.63, 49.63), insee_com="50041, 50129"),
        )
    )
    (quartier,) = lecture.quartiers
    assert quartier.forme.bounds == pytest.approx((-1.65, 49.62, -1.63, 49.63))
    assert len(quartier.forme.geoms) == 1
    assert quartier.codes_communes == ("50129", "50041")
    assert lecture.avertissements == []


def test_deux_noms_pour_un_code_se_disent():
    lecture = lire_quartiers(collection(element(nom="Un"), element(nom="Deux", emprise=(-1.64, 49.62, -1.63, 49.63))))
    assert lecture.quartiers[0].nom == "Un"
    assert lecture.avertissements == ["Élément QP050001 : plusieurs noms pour un même code, le premier est gardé."]


def test_un_noeud_papillon_est_repare_et_le_dit():
    papillon = polygone((-1.65, 49.62), (-1.64, 49.63), (-1.64, 49.62), (-1.65, 49.63))
    lecture = lire_quartiers(collection(element(geometry=papillon)))
    assert lecture.erreurs == []
    assert lecture.quartiers[0].forme.is_valid
    assert lecture.quartiers[0].forme.area == pytest.approx(0.01 * 0.01 / 2)
    assert lecture.avertissements == ["Élément 1 (QP050001) : contour mal formé, réparé."]


def test_l_altitude_est_ignoree():
    anneau = [[-1.65, 49.62, 12.0], [-1.64, 49.62, 12.0], [-1.64, 49.63, 12.0], [-1.65, 49.62, 12.0]]
    lecture = lire_quartiers(collection(element(geometry={"type": "Polygon", "coordinates": [anneau]})))
    assert not lecture.quartiers[0].forme.has_z


@pytest.mark.parametrize(
    ("geometrie", "raison"),
    [
        (None, "contour absent"),
        ({"type": "Point", "coordinates": [-1.6, 49.6]}, "ni un Polygon ni un MultiPolygon"),
        ({"type": "Polygon", "coordinates": []}, "contour vide"),
        ({"type": "Polygon"}, "coordonnées mal rangées"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]]]}, "ne sont pas des nombres"),
        ({"type": "Polygon", "coordinates": [[[-1.6], [-1.6], [-1.6]]]}, "ne sont pas des nombres"),
        ({"type": "Polygon", "coordinates": [[[-1.6, True], [-1.6, 49.0], [-1.6, 49.1]]]}, "ne sont pas des nombres"),
        (
            {"type": "Polygon", "coordinates": [[[-1.6, float("nan")], [-1.5, 49.6], [-1.5, 49.7]]]},
            "ne sont pas des nombres",
        ),
        ({"type": "Polygon", "coordinates": [[[-1.6, 49.6], [-1.5, 49.6]]]}, "au moins quatre points"),
        (polygone((-1.65, 49.62), (-1.64, 49.63), (-1.63, 49.64)), "sans surface"),
        (carre(362_000, 6_955_000, 363_000, 6_956_000), "Lambert-93"),
        (carre(-180_000, 6_380_000, -179_000, 6_381_000), "projetées"),
        (carre(49.62, -1.65, 49.63, -1.64), "latitude et longitude inversées"),
        (carre(2.1, 41.0, 2.2, 41.1), "hors de France"),
    ],
)
def test_chaque_contour_inutilisable_a_sa_raison(geometrie, raison):
    (erreur,) = seules_erreurs(element(geometry=geometrie))
    assert raison in erreur
    assert "1 (QP050001)" in erreur


@pytest.mark.parametrize(
    ("brut", "raison"),
    [
        (element(code=None), "code absent"),
        (element(code="QP0500012"), "plus de 8 caractères"),
        (element(nom=None), "nom absent"),
        (element(nom="x" * 151), "plus de 150 caractères"),
        ({"type": "Feature", "properties": None, "geometry": carre(-1.65, 49.62, -1.64, 49.63)}, "code absent"),
        ("une chaîne", "n'est pas un élément GeoJSON"),
    ],
)
def test_chaque_propriete_fausse_a_sa_raison(brut, raison):
    (erreur,) = seules_erreurs(brut)
    assert raison in erreur


@pytest.mark.parametrize(
    ("fichier", "raison"),
    [
        ([], "FeatureCollection"),
        ({"type": "Topology"}, "FeatureCollection"),
        ({"type": "FeatureCollection", "features": []}, "aucun quartier"),
        ({"type": "FeatureCollection"}, "aucun quartier"),
        (collection(element(), crs={"properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}), "Lambert-93"),
        (collection(element(), crs={"properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}), "WGS84"),
    ],
)
def test_un_fichier_qui_n_est_pas_le_bon_se_refuse_d_une_phrase(fichier, raison):
    (erreur,) = lire_quartiers(fichier).erreurs
    assert raison in erreur


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_le_crs_du_wgs84_est_admis(crs):
    assert lire_quartiers(collection(element(), crs={"properties": {"name": crs}})).erreurs == []


def test_toutes_les_fautes_a_la_fois_les_memes_en_une_ligne():
    lambert = carre(362_000, 6_955_000, 363_000, 6_956_000)
    elements = [element(code=f"QP{n:06}", geometry=lambert) for n in range(30)]
    erreurs = seules_erreurs(*elements, element(code=None), element(geometry=None))
    assert len(erreurs) == 3
    assert erreurs[0].startswith("30 éléments (1 (QP000000), 2 (QP000001)")
    assert "32 (QP050001)" in erreurs[2]


def test_le_fichier_relu_depuis_du_texte_donne_la_meme_chose():
    texte = json.dumps(collection(element()))
    assert lire_quartiers(json.loads(texte)).quartiers == lire_quartiers(collection(element())).quartiers
