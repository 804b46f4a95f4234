"""Des degrés aux mètres, aux kilomètres, aux pixels : les nombres connus, aux bornes. Pur, sans base."""

import numpy
import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from territoires.geometrie import IndexQuartiers, dessiner, en_france, hectares, vers_metres
from territoires.geometrie.carte import ECHELLES_M, _emprise, _Plan
from territoires.geometrie.distance import kilometres
from territoires.geometrie.lecture import _motif_de_position
from territoires.geometrie.metrique import BORNES_FRANCE, metres_par_degre, metres_par_degre_de


@pytest.mark.parametrize(
    ("latitude", "longueurs"),
    [
        (0, (111_319.491, 110_574.276)),
        (45, (78_846.835, 111_131.778)),
        (-45, (78_846.835, 111_131.778)),
        (60, (55_800.165, 111_412.273)),
        (90, (0, 111_693.865)),
    ],
)
def test_un_degre_vaut_ce_qu_en_dit_l_ellipsoide(latitude, longueurs):
    assert metres_par_degre(latitude) == pytest.approx(longueurs, abs=0.3)
    assert metres_par_degre_de(numpy.array([latitude, 0])).tolist() == [
        pytest.approx(longueurs, abs=0.3),
        pytest.approx((111_319.491, 110_574.276), abs=0.3),
    ]


@pytest.mark.parametrize(
    ("ici", "la", "km"),
    [
        ((0, 0), (0, 1), 111.195),
        ((0, 0), (1, 0), 111.195),
        ((48.8566, 2.3522), (49.6337, -1.6221), 301.1),  # Paris, Cherbourg
        ((48.8566, 2.3522), (-20.8789, 55.4481), 9_350),  # Saint-Denis de La Réunion
        ((45, 5), (45, 5), 0),
        ((0, 0), (0, 180), 20_015.1),
    ],
)
def test_les_kilometres_a_vol_d_oiseau(ici, la, km):
    assert kilometres(*ici, *la) == pytest.approx(km, rel=0.002)
    assert kilometres(*la, *ici) == pytest.approx(kilometres(*ici, *la))


@pytest.mark.parametrize("boite", BORNES_FRANCE)
def test_chaque_terre_commence_et_finit_a_ses_bornes(boite):
    ouest, sud, est, nord = boite
    assert ouest < est and sud < nord
    milieu = (ouest + est) / 2, (sud + nord) / 2
    coins = [(ouest, sud), (ouest, nord), (est, sud), (est, nord)]
    bords = [(ouest, milieu[1]), (est, milieu[1]), (milieu[0], sud), (milieu[0], nord)]
    dehors = [(ouest - 0.01, milieu[1]), (est + 0.01, milieu[1]), (milieu[0], sud - 0.01), (milieu[0], nord + 0.01)]
    assert all(en_france(*point) for point in (*coins, *bords, milieu))
    assert not any(en_france(*point) for point in dehors if point not in coins)


def test_les_bornes_sont_celles_des_terres():
    """Une ville de chacune : une borne du mauvais signe l'y perdrait."""
    villes = {
        "Brest": (-4.49, 48.39),
        "Bonifacio": (9.16, 41.39),
        "Dunkerque": (2.38, 51.03),
        "Basse-Terre": (-61.73, 16.0),
        "Fort-de-France": (-61.07, 14.60),
        "Cayenne": (-52.33, 4.94),
        "Saint-Denis": (55.45, -20.88),
        "Mamoudzou": (45.23, -12.78),
        "Marigot": (-63.09, 18.07),
        "Saint-Pierre": (-56.17, 46.78),
        "Papeete": (-149.57, -17.54),
        "Nouméa": (166.46, -22.27),
        "Mata-Utu": (-176.17, -13.28),
    }
    assert [nom for nom, (x, y) in villes.items() if not en_france(x, y)] == []
    ailleurs = {"Londres": (-0.1, 51.5), "Rome": (12.5, 41.9), "zéro": (0, 0), "Montevideo": (-56.2, -34.9)}
    assert [nom for nom, (x, y) in ailleurs.items() if en_france(x, y)] == []


PARIS = (2.35, 48.85)


@pytest.mark.parametrize(
    ("points", "mot"),
    [
        ([PARIS], ""),
        ([(652_000, 6_862_000)], "Lambert"),
        ([(1_399_999, 7_199_999), (1, 6_000_001)], "Lambert"),
        ([(0, 6_862_000)], "projetées"),
        ([(1_400_000, 6_862_000)], "projetées"),
        ([(652_000, 6_000_000)], "projetées"),
        ([(652_000, 7_200_000)], "projetées"),
        ([(181, 0)], "projetées"),
        ([(0, -181)], "projetées"),
        ([(-181, 0), PARIS], "projetées"),
        ([(180, 180)], "hors"),
        ([(48.85, 2.35)], "inversées"),
        ([(48.85, 2.35), (0, 0)], "hors"),
        ([PARIS, (0, 0)], "hors"),
    ],
)
def test_des_points_qui_ne_sont_pas_en_france_disent_pourquoi(points, mot):
    motif = _motif_de_position(points)
    assert (mot.lower() in motif.lower()) if mot else motif == ""


def test_une_surface_en_hectares_a_une_decimale():
    lon, lat = (1_000 / metres for metres in metres_par_degre(49.6))
    assert hectares(box(-1.6, 49.6 - lat / 2, -1.6 + lon, 49.6 + lat / 2)) == pytest.approx(100, abs=0.05)
    assert hectares(box(-1.6, 49.6, -1.5999, 49.6001)) == 0.0
    assert hectares(box(-1.6, 49.6, -1.6 + lon / 30, 49.6 + lat / 30)) == 0.1


def test_le_plan_local_a_le_point_pour_origine():
    lon, lat = metres_par_degre(49.6)
    assert vers_metres(box(-1.6, 49.6, -1.59, 49.61), -1.6, 49.6).bounds == pytest.approx(
        (0, 0, 0.01 * lon, 0.01 * lat)
    )


# --- L'index -----------------------------------------------------------------------------------------------------------
def test_loin_de_tout_la_distance_reste_un_ordre_de_grandeur():
    index = IndexQuartiers([(1, box(-1.61, 49.6, -1.6, 49.61)), (2, box(-1.59, 49.6, -1.58, 49.61))])
    assert index.distance(-1.60, 49.7) == pytest.approx(10_010, rel=0.01)
    assert index.kilometres_au_bord([(-1.60, 49.7), (-1.60, 49.605)]) == [
        pytest.approx(10.01, rel=0.01),
        pytest.approx(0, abs=1e-9),
    ]
    assert index.kilometres_au_bord([]) == []
    assert IndexQuartiers([]).kilometres_au_bord([(0, 0), (1, 1)]) == [None, None]


def test_pres_se_dit_a_cinquante_metres_si_l_on_ne_regle_rien():
    index = IndexQuartiers([(1, box(0, 0, 0.01, 0.01))])
    degre = metres_par_degre(0)[0]
    lieux = [(-metres / degre, 0.005) for metres in (49.9, 50.1)]
    assert [cle for cle, _ in index.classer(lieux)] == [None, None]
    assert [metres for _, metres in index.classer(lieux)] == [pytest.approx(49.9, abs=0.01), None]


# --- La carte ----------------------------------------------------------------------------------------------------------
def carte_d_un_carre(metres: float, latitude: float = 0.0):
    lon, lat = (metres / longueur for longueur in metres_par_degre(latitude))
    return dessiner([(7, "Carré", box(10, latitude, 10 + lon, latitude + lat))])


def test_un_carre_tient_toute_la_hauteur_marges_deduites():
    carte = carte_d_un_carre(1_000)
    (trace,) = carte.traces
    assert (carte.largeur, carte.hauteur, trace.numero, trace.nom) == (560, 380, 7, "Carré")
    # 320 pixels pour 1 000 m, centrés : de 120 à 440 en largeur, de 30 à 350 en hauteur.
    points = [tuple(map(float, point.split())) for point in trace.chemin.strip("MZ").split("L")]
    assert len(points) == 4
    assert {round(x) for x, _ in points} == {120, 440} and {round(y) for _, y in points} == {30, 350}
    assert (float(trace.x), float(trace.y)) == pytest.approx((280, 190), abs=1)
    assert carte.fond == []


@pytest.mark.parametrize(
    ("metres", "texte", "pixels"),
    [(200, "50 m", 80), (1_000, "200 m", 64), (3_000, "1 km", 106.7), (50_000, "20 km", 128), (10, "50 m", 1_600)],
)
def test_l_echelle_est_la_plus_longue_qui_tienne_au_quart(metres, texte, pixels):
    carte = carte_d_un_carre(metres)
    assert carte.echelle_texte == texte
    assert float(carte.echelle_px) == pytest.approx(pixels, rel=0.02)


def test_un_large_tient_toute_la_largeur():
    lon, lat = metres_par_degre(0)
    (trace,) = dessiner([(1, "Large", box(10, 0, 10 + 4_000 / lon, 1_000 / lat))]).traces
    points = [tuple(map(float, point.split())) for point in trace.chemin.strip("MZ").split("L")]
    assert {round(x) for x, _ in points} == {30, 530}
    assert {round(y) for _, y in points} == {128, 252} or {round(y) for _, y in points} == {127, 253}


def test_le_numero_est_sur_le_plus_grand_morceau_et_les_trous_se_tracent():
    petit, grand = box(10, 0, 10.001, 0.001), box(10.01, 0.01, 10.02, 0.02)
    (trace,) = dessiner([(1, "Deux morceaux", MultiPolygon([petit, grand]))]).traces
    assert float(trace.x) > 280 and float(trace.y) < 190
    assert trace.chemin.count("M") == trace.chemin.count("Z") == 2
    troue = Polygon(grand.exterior.coords, [box(10.013, 0.013, 10.016, 0.016).exterior.coords])
    assert dessiner([(1, "Troué", troue)]).traces[0].chemin.count("M") == 2


def test_un_detail_plus_fin_que_le_trait_ne_se_dessine_pas():
    bosse = Polygon([(10, 0), (10.005, 0.000001), (10.01, 0), (10.01, 0.01), (10, 0.01)])
    assert dessiner([(1, "Bosse", bosse)]).traces[0].chemin.count("L") == 3


@pytest.mark.parametrize("longueur", ECHELLES_M)
def test_chaque_longueur_ronde_sert(longueur):
    carte = carte_d_un_carre(3 * longueur)
    assert carte.echelle_texte == (f"{longueur} m" if longueur < 1_000 else f"{longueur // 1_000} km")
    assert longueur in (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)


def test_le_plan_centre_ce_qu_on_lui_donne_et_ne_grossit_pas_un_point():
    plan = _Plan((100, 200, 1_100, 1_200))
    assert (plan.pixel(600, 700), plan.pixel(100, 200), plan.pixel(1_100, 1_200)) == ((280, 190), (120, 350), (440, 30))
    assert _Plan((7, 7, 7, 7)).pixels_par_metre == 320
    assert _Plan((0, 0, 1, 0)).pixels_par_metre == 320
    assert _Plan((0, 0, 1_000, 0)).pixels_par_metre == 0.5


def test_l_emprise_est_celle_de_toutes_les_formes():
    assert _emprise([box(0, 5, 1, 6), box(-2, 3, -1, 4), box(4, 8, 5, 9)]) == (-2, 3, 5, 9)


def test_le_detail_garde_suit_l_echelle():
    """Une bosse d'un demi-pixel se dessine, d'un quart de pixel non : 0,4 pixel est la limite."""
    for pixels, points in ((0.3, 3), (0.6, 4)):
        haut = pixels / _Plan((0, 0, 1_000, 1_000)).pixels_par_metre
        bosse = Polygon([(0, 0), (500, -haut), (1_000, 0), (1_000, 1_000), (0, 1_000)])
        assert _Plan((0, 0, 1_000, 1_000)).chemin(bosse).count("L") == points
