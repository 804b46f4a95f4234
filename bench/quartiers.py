"""Classer 1 000 points parmi 1 500 quartiers de 120 sommets : le rapport au plancher, l'arbre de shapely en une passe.

python -m bench.quartiers
"""

import math
import random
import statistics
import time

import shapely
from shapely import STRtree
from shapely.geometry import Polygon

from territoires.geometrie import IndexQuartiers

QUARTIERS, SOMMETS, POINTS, TOURS = 1_500, 120, 1_000, 51
SEUIL_M = 50.0


def contours(hasard: random.Random) -> list[Polygon]:
    """Des étoiles arrondies d'environ 500 m, semées sur la France."""
    formes = []
    for _ in range(QUARTIERS):
        longitude, latitude = hasard.uniform(-1, 6), hasard.uniform(44, 49)
        angles = [2 * math.pi * rang / SOMMETS for rang in range(SOMMETS)]
        rayons = [0.005 * hasard.uniform(0.7, 1.0) for _ in angles]
        sommets = zip(angles, rayons, strict=True)
        formes.append(Polygon([(longitude + r * math.cos(a), latitude + r * math.sin(a)) for a, r in sommets]))
    return formes


def points(hasard: random.Random, formes: list[Polygon]) -> list[tuple[float, float]]:
    """Un point sur deux dans ou tout près d'un quartier, l'autre n'importe où."""
    lieux = []
    for rang in range(POINTS):
        if rang % 2:
            lieux.append((hasard.uniform(-1, 6), hasard.uniform(44, 49)))
        else:
            centre = hasard.choice(formes).centroid
            lieux.append((centre.x + hasard.uniform(-0.006, 0.006), centre.y + hasard.uniform(-0.006, 0.006)))
    return lieux


def chronometrer(geste) -> float:
    debut = time.perf_counter()
    geste()
    return (time.perf_counter() - debut) * 1000


def main() -> None:
    hasard = random.Random(2024)
    formes = contours(hasard)
    lieux = points(hasard, formes)
    arbre = STRtree(formes)
    shapely.prepare(formes)
    index = IndexQuartiers(enumerate(formes), proche_m=SEUIL_M)
    # Plancher et classement alternent : ce que fait la machine à côté pèse sur les deux.
    tours = [
        (
            chronometrer(lambda: arbre.query(shapely.points(lieux), predicate="intersects")),
            chronometrer(lambda: index.classer(lieux)),
        )
        for _ in range(TOURS)
    ]
    plancher, mesure = (statistics.median(durees) for durees in zip(*tours, strict=True))
    rapport = statistics.median(classement / nu for nu, classement in tours)
    classes = index.classer(lieux)
    dedans, proches = (sum(classe[rang] is not None for classe in classes) for rang in (0, 1))
    print(f"{POINTS} points, {QUARTIERS} quartiers de {SOMMETS} sommets : {dedans} dedans, {proches} à moins de 50 m")
    print(f"plancher (STRtree, une passe) {plancher:.1f} ms · classement {mesure:.1f} ms · rapport {rapport:.1f}")


if __name__ == "__main__":
    main()
