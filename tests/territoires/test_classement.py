"""Classer beaucoup de points d'un coup dit exactement ce que l'index dit un à un."""

import random

import pytest
import shapely
from shapely.geometry import Polygon

from territoires.geometrie import IndexQuartiers

SEUIL = 50.0


@pytest.fixture(scope="module")
def formes() -> list[Polygon]:
    hasard = random.Random(7)
    carres = []
    for _ in range(60):
        x, y = hasard.uniform(-1.70, -1.55), hasard.uniform(49.60, 49.68)
        carre = Polygon([(x, y), (x + 0.006, y + 0.001), (x + 0.005, y + 0.005), (x - 0.001, y + 0.004)])
        trou = shapely.box(x + 0.002, y + 0.002, x + 0.003, y + 0.003)
        carres.append(carre.difference(trou))
    return carres


@pytest.mark.parametrize("graine", range(5))
def test_comme_un_a_un(formes, graine):
    hasard = random.Random(graine)
    index = IndexQuartiers(enumerate(formes), proche_m=SEUIL)
    lieux = [(hasard.uniform(-1.71, -1.54), hasard.uniform(49.59, 49.69)) for _ in range(300)]
    proches = 0
    for (longitude, latitude), (cle, metres) in zip(lieux, index.classer(lieux), strict=True):
        assert cle == index.quartier_contenant(longitude, latitude)
        exacte = index.distance(longitude, latitude)
        proches += exacte < SEUIL
        assert metres == (pytest.approx(exacte, abs=0.01) if exacte < SEUIL else None)
    assert proches > 10


def test_sans_quartier_ni_point():
    assert IndexQuartiers([]).classer([(0, 45)]) == [(None, None)]
    assert IndexQuartiers(enumerate([shapely.box(0, 0, 1, 1)])).classer([]) == []


@pytest.mark.parametrize("latitude", [51.0, 4.9, -0.001, -21.1])
def test_aucun_voisin_n_echappe_a_l_arbre_a_aucune_latitude(latitude):
    """Autour d'un carré, des points posés tous les 30 m jusqu'à 120 m : ceux à moins de 50 m, et eux seuls."""
    pas, cote = 0.00027, 0.002
    index = IndexQuartiers([(1, shapely.box(10, latitude, 10 + cote, latitude + cote))], proche_m=SEUIL)
    lieux = [(10 + x * pas, latitude + y * pas) for x in range(-4, 12) for y in range(-4, 12)]
    exactes = [index.distance(*lieu) for lieu in lieux]
    attendues = [pytest.approx(exacte, abs=0.01) if exacte < SEUIL else None for exacte in exactes]
    assert [metres for _, metres in index.classer(lieux)] == attendues
    assert None in attendues and any(attendue is not None for attendue in attendues)
