"""Où tombe un point : trous, morceaux, bords, et la distance en mètres."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from territoires.geometrie import IndexQuartiers, dessiner, en_forme, en_france, en_geojson, hectares, unir, vers_metres
from territoires.geometrie.metrique import metres_par_degre
from tests.fabriques.territoires import carre

LON, LAT = -1.62, 49.64


def deplacer(longitude: float, latitude: float, est_m: float, nord_m: float) -> tuple[float, float]:
    """Le point à tant de mètres vers l'est et le nord, par la sphère locale : un autre calcul que celui du code."""
    rayon_meridien = 6_378_137 * (1 - 0.00669438) / (1 - 0.00669438 * math.sin(math.radians(latitude)) ** 2) ** 1.5
    rayon_transverse = 6_378_137 / math.sqrt(1 - 0.00669438 * math.sin(math.radians(latitude)) ** 2)
    return (
        longitude + math.degrees(est_m / (rayon_transverse * math.cos(math.radians(latitude)))),
        latitude + math.degrees(nord_m / rayon_meridien),
    )


@pytest.fixture
def carre_simple() -> IndexQuartiers:
    return IndexQuartiers([(1, box(-1.63, 49.63, -1.61, 49.65))])


def test_dedans_dehors_et_sur_le_bord(carre_simple):
    assert carre_simple.quartier_contenant(LON, LAT) == 1
    assert carre_simple.quartier_contenant(-1.60, LAT) is None
    assert carre_simple.quartier_contenant(-1.61, LAT) == 1
    assert carre_simple.distance(-1.61, LAT) == pytest.approx(0, abs=1e-6)


def test_un_trou_n_est_pas_le_quartier_et_son_bord_compte():
    trou = [(-1.621, 49.639), (-1.619, 49.639), (-1.619, 49.641), (-1.621, 49.641)]
    index = IndexQuartiers([(1, Polygon([(-1.63, 49.63), (-1.61, 49.63), (-1.61, 49.65), (-1.63, 49.65)], [trou]))])
    assert index.quartier_contenant(LON, LAT) is None
    assert index.quartier_contenant(-1.625, LAT) == 1
    attendue = 0.001 * metres_par_degre(LAT)[0]
    assert index.distance(LON, LAT) == pytest.approx(attendue, abs=0.01)


def test_chaque_morceau_d_un_multipolygone_repond():
    index = IndexQuartiers([(7, MultiPolygon([box(-1.63, 49.63, -1.62, 49.64), box(-1.60, 49.60, -1.59, 49.61)]))])
    assert index.quartier_contenant(-1.625, 49.635) == 7
    assert index.quartier_contenant(-1.595, 49.605) == 7
    assert index.quartier_contenant(-1.61, 49.62) is None


def test_le_premier_l_emporte_si_deux_contours_se_recouvrent():
    index = IndexQuartiers([(1, box(-1.63, 49.63, -1.61, 49.65)), (2, box(-1.62, 49.63, -1.60, 49.65))])
    assert index.quartier_contenant(-1.615, 49.64) == 1


def test_un_index_vide_ne_sait_rien():
    index = IndexQuartiers([])
    assert (len(index), index.quartier_contenant(LON, LAT), index.distance(LON, LAT)) == (0, None, None)


@pytest.mark.parametrize("latitude", [49.64, 42.0, -21.1, 4.9, 0.5])
@pytest.mark.parametrize("metres", [1, 49, 50, 51, 500])
def test_la_distance_est_juste_au_metre_pres_a_toute_latitude(latitude, metres):
    """À 50 m, l'erreur admise est d'un mètre ; on en demande cent fois moins."""
    bord = box(10, latitude - 0.1, 10.1, latitude + 0.1)
    longitude, meme_latitude = deplacer(10, latitude, -metres, 0)
    assert IndexQuartiers([(1, bord)]).distance(longitude, meme_latitude) == pytest.approx(metres, abs=0.01)


def test_le_plus_proche_en_metres_l_emporte_sur_le_plus_proche_en_degres():
    """À 49,6° un degré de longitude vaut 72 km, un de latitude 111 : l'est à 0,0012° est plus près que le nord à 0,001°."""
    est, nord = box(LON + 0.0012, LAT - 0.01, LON + 0.01, LAT + 0.0005), box(LON - 0.01, LAT + 0.001, LON, LAT + 0.01)
    attendue = 0.0012 * metres_par_degre(LAT)[0]
    assert IndexQuartiers([(1, nord), (2, est)]).distance(LON, LAT) == pytest.approx(attendue, abs=0.01)


@given(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02))
def test_la_distance_egale_celle_de_tous_les_bords_compares_un_a_un(ecart_x, ecart_y):
    formes = [
        box(LON + dx, LAT + dy, LON + dx + 0.004, LAT + dy + 0.003) for dx in (-0.01, 0, 0.01) for dy in (-0.01, 0.005)
    ]
    longitude, latitude = LON + ecart_x, LAT + ecart_y
    origine = vers_metres(box(longitude, latitude, longitude, latitude), longitude, latitude).centroid
    attendue = min(vers_metres(forme.boundary, longitude, latitude).distance(origine) for forme in formes)
    assert IndexQuartiers(enumerate(formes)).distance(longitude, latitude) == pytest.approx(attendue, abs=1e-6)


def test_deux_moities_se_soudent_sans_frontiere_interieure():
    """Un quartier sur deux communes tient en deux lignes ; au milieu, on est loin de tout bord."""
    forme = unir([box(-1.64, 49.63, -1.62, 49.65), box(-1.62, 49.63, -1.60, 49.65)])
    assert len(forme.geoms) == 1
    assert IndexQuartiers([(1, forme)]).distance(-1.62, 49.64) > 1_000


def test_deux_moities_ecartees_d_un_millimetre_se_soudent_aussi():
    forme = unir([box(-1.64, 49.63, -1.62, 49.65), box(-1.61999999, 49.63, -1.60, 49.65)])
    assert len(forme.geoms) == 1
    assert not forme.geoms[0].interiors


def test_un_contour_ecrit_puis_relu_est_le_meme():
    forme = unir([en_forme(carre(-1.6512345678, 49.62, -1.64, 49.63))])
    ecrit = en_geojson(forme)
    assert ecrit == en_geojson(unir([en_forme(ecrit)]))
    assert ecrit["coordinates"][0][0][0] == pytest.approx([-1.6512346, 49.62], abs=1e-9)


def test_qui_recouvrent_ignore_ceux_qui_ne_font_que_toucher(carre_simple):
    assert carre_simple.qui_recouvrent(box(-1.62, 49.64, -1.60, 49.66)) == [1]
    assert carre_simple.qui_recouvrent(box(-1.61, 49.63, -1.60, 49.65)) == []


def test_les_bornes_de_la_france_comprennent_l_outre_mer():
    assert en_france(-1.62, 49.64)
    assert en_france(55.45, -20.9)
    assert en_france(-61.05, 14.6)
    assert not en_france(49.64, -1.62)
    assert not en_france(-0.12, 51.5)


def test_la_superficie_est_en_hectares():
    cote_lon, cote_lat = (500 / metres for metres in metres_par_degre(LAT))
    assert hectares(box(LON, LAT, LON + cote_lon, LAT + cote_lat)) == pytest.approx(25, abs=0.1)


def test_la_carte_garde_les_proportions_le_nord_en_haut():
    nord, sud = box(-1.62, 49.64, -1.61, 49.645), box(-1.62, 49.63, -1.61, 49.635)
    carte = dessiner([(1, "Nord", nord), (2, "Sud", sud)], fond=[box(-1.63, 49.63, -1.62, 49.64)])
    assert float(carte.traces[0].y) < float(carte.traces[1].y)
    assert carte.traces[0].chemin.startswith("M") and carte.traces[0].chemin.endswith("Z")
    assert len(carte.fond) == 1
    assert carte.echelle_texte == "500 m"
    nombres = [float(n) for n in carte.traces[0].chemin.replace("M", "").replace("Z", "").replace("L", " ").split()]
    largeur, hauteur = max(nombres[::2]) - min(nombres[::2]), max(nombres[1::2]) - min(nombres[1::2])
    metres_lon, metres_lat = metres_par_degre(49.64)
    assert largeur / hauteur == pytest.approx(0.01 * metres_lon / (0.005 * metres_lat), rel=0.01)


def test_sans_quartier_pas_de_carte():
    assert dessiner([]) is None


def test_les_communes_disent_ou_l_on_est_sans_agrandir_le_cadre():
    quartier = box(-1.62, 49.63, -1.61, 49.64)
    seule = dessiner([(1, "Nord", quartier)])
    commune, voisine, lointaine = (
        box(-1.70, 49.60, -1.615, 49.70),
        box(-1.615, 49.60, -1.50, 49.70),
        box(2, 48, 2.1, 49),
    )
    carte = dessiner([(1, "Nord", quartier)], communes=[("Ici", commune), ("À côté", voisine), ("Loin", lointaine)])
    assert (carte.traces, carte.echelle_px) == (seule.traces, seule.echelle_px)
    assert [c.nom for c in carte.communes] == ["Ici", "À côté"]
    for dessinee in carte.communes:
        nombres = [float(n) for n in dessinee.chemin.replace("M", "").replace("Z", "").replace("L", " ").split()]
        assert (min(nombres[::2]), max(nombres[::2])) >= (-0.1, 0) and max(nombres[::2]) <= carte.largeur + 0.1
        assert min(nombres[1::2]) >= -0.1 and max(nombres[1::2]) <= carte.hauteur + 0.1


def test_un_nom_de_commune_qui_ne_tient_pas_dans_le_cadre_ne_s_ecrit_pas():
    quartier = box(-1.62, 49.63, -1.61, 49.64)
    bande = box(-1.6065, 49.60, -1.5, 49.70)
    (dessinee,) = dessiner([(1, "Nord", quartier)], communes=[("Saint-Germain-des-Vaux-sur-Mer" * 2, bande)]).communes
    assert dessinee.nom == "" and dessinee.chemin
