"""Où tombe un point : dans quel quartier, et à combien de mètres du contour le plus proche."""

import math
from collections.abc import Iterable, Sequence

import numpy
import shapely
from shapely import STRtree
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from territoires.geometrie.distance import kilometres
from territoires.geometrie.metrique import metres_par_degre, metres_par_degre_de, vers_metres

PORTEE_EXACTE_M = 5_000  # au-delà, la distance n'est qu'un ordre de grandeur : rien ne s'y décide


class IndexQuartiers:
    """Les contours d'un millésime, rangés pour répondre en moins d'une milliseconde. Sans état caché, partageable."""

    def __init__(self, contours: Iterable[tuple[int, BaseGeometry]], proche_m: float = 50.0):
        """`contours` : (clé, forme WGS84), dans l'ordre de préférence si deux se recouvraient.

        `proche_m` : la distance à un bord, en mètres, en deçà de laquelle `classer` la mesure.
        """
        paires, self._proche_m = list(contours), proche_m
        self._cles = [cle for cle, _ in paires]
        self._formes = [forme for _, forme in paires]
        self._bords = [forme.boundary for forme in self._formes]
        shapely.prepare(self._formes)
        self._arbre, self._arbre_des_bords = STRtree(self._formes), STRtree(self._bords)
        self._troncons = _en_troncons(self._bords)
        self._arbre_des_alentours = STRtree(_alentours(self._troncons, proche_m))

    def __len__(self) -> int:
        return len(self._cles)

    def quartier_contenant(self, longitude: float, latitude: float) -> int | None:
        """La clé du quartier qui contient le point, bord compris, trous exclus ; `None` hors de tout quartier."""
        rangs = self._arbre.query(Point(longitude, latitude), predicate="intersects")
        return self._cles[min(rangs)] if len(rangs) else None

    def distance(self, longitude: float, latitude: float) -> float | None:
        """Mètres jusqu'au bord de quartier le plus proche, qu'on soit dedans ou dehors ; `None` si l'index est vide."""
        if not self._cles:
            return None
        point = Point(longitude, latitude)
        # Le plus proche en degrés ne l'est pas toujours en mètres : il borne la recherche du vrai.
        majorant = self._distance_au_bord(self._arbre_des_bords.nearest(point), longitude, latitude)
        if majorant > PORTEE_EXACTE_M:
            return majorant
        metres_lon, metres_lat = metres_par_degre(latitude)
        ecart_lon, ecart_lat = majorant / metres_lon, majorant / metres_lat
        boite = shapely.box(longitude - ecart_lon, latitude - ecart_lat, longitude + ecart_lon, latitude + ecart_lat)
        rangs = self._arbre_des_bords.query(boite)
        return min((self._distance_au_bord(rang, longitude, latitude) for rang in rangs), default=majorant)

    def classer(self, points: Sequence[tuple[float, float]]) -> list[tuple[int | None, float | None]]:
        """(clé du quartier ou rien, mètres jusqu'au bord s'il est proche) de chaque (longitude, latitude).

        Beaucoup de points d'un coup : deux lectures d'arbre pour tous, et une distance exacte pour les seuls voisins
        d'un bord. Rend exactement ce que `quartier_contenant` et `distance` diraient un à un.
        """
        if not self._cles or not points:
            return [(None, None)] * len(points)
        lieux = numpy.array(points, dtype=float)
        geometries = shapely.points(lieux)
        cles: list[int | None] = [None] * len(points)
        dedans, rangs = self._arbre.query(geometries, predicate="intersects")
        for point, rang in sorted(zip(dedans.tolist(), rangs.tolist(), strict=True), reverse=True):
            cles[point] = self._cles[rang]  # du dernier au premier : l'ordre de préférence a le dernier mot
        distances: list[float | None] = [None] * len(points)
        for point, metres in self._pres_d_un_bord(lieux, geometries):
            distances[point] = metres
        return list(zip(cles, distances, strict=True))

    def kilometres_au_bord(self, points: Sequence[tuple[float, float]]) -> list[float | None]:
        """L'ordre de grandeur, à vol d'oiseau, de chaque (longitude, latitude) au bord le plus proche ; rien sans contour."""
        if not self._cles:
            return [None] * len(points)
        geometries = shapely.points(numpy.array(points, dtype=float).reshape(-1, 2))
        bords = numpy.array(self._bords, dtype=object)[self._arbre_des_bords.nearest(geometries)]
        segments = shapely.get_coordinates(shapely.shortest_line(geometries, bords)).reshape(-1, 2, 2).tolist()
        return [kilometres(y, x, y_du_bord, x_du_bord) for (x, y), (x_du_bord, y_du_bord) in segments]

    def _pres_d_un_bord(self, lieux: numpy.ndarray, geometries: numpy.ndarray) -> Iterable[tuple[int, float]]:
        """(point, mètres) de chaque point proche d'un bord : l'arbre des alentours propose, le plan local décide."""
        candidats, rangs = self._arbre_des_alentours.query(geometries)
        distances = _distances(self._troncons[rangs], lieux[candidats])
        plus_courtes = numpy.full(len(lieux), math.inf)
        numpy.minimum.at(plus_courtes, candidats, distances)
        proches = numpy.flatnonzero(plus_courtes < self._proche_m)
        return zip(proches.tolist(), plus_courtes[proches].tolist(), strict=True)

    def qui_recouvrent(self, forme: BaseGeometry) -> list[int]:
        """Les clés des quartiers qui ont une surface commune avec cette forme."""
        rangs = sorted(self._arbre.query(forme, predicate="intersects"))
        return [self._cles[rang] for rang in rangs if self._formes[rang].intersection(forme).area > 0]

    def _distance_au_bord(self, rang: int, longitude: float, latitude: float) -> float:
        return float(shapely.distance(vers_metres(self._bords[rang], longitude, latitude), Point(0, 0)))


SEGMENTS_PAR_TRONCON = 8  # assez court pour que peu de segments se mesurent, assez long pour que l'arbre reste petit


def _en_troncons(bords: Iterable[BaseGeometry]) -> numpy.ndarray:
    """Les contours, trous compris, par tronçons de quelques segments qui se suivent : (tronçons, points, 2).

    Le dernier tronçon d'un anneau répète son point final : tous ont la même taille et se mesurent d'un seul calcul.
    """
    troncons = []
    for anneau in shapely.get_parts([*bords]):
        points = shapely.get_coordinates(anneau)
        manquants = -(len(points) - 1) % SEGMENTS_PAR_TRONCON
        points = numpy.pad(points, ((0, manquants), (0, 0)), mode="edge")
        debuts = range(0, len(points) - 1, SEGMENTS_PAR_TRONCON)
        troncons += [points[debut : debut + SEGMENTS_PAR_TRONCON + 1] for debut in debuts]
    return numpy.array(troncons).reshape(-1, SEGMENTS_PAR_TRONCON + 1, 2)


def _alentours(troncons: numpy.ndarray, metres: float) -> numpy.ndarray:
    """Une boîte autour de chaque tronçon, qui contient à coup sûr tout point à moins de tant de mètres de lui."""
    coins_bas, coins_hauts = troncons.min(axis=1), troncons.max(axis=1)
    # Le degré de longitude raccourcit vers les pôles : on prend le plus court de la boîte, avec un pour cent d'aisance.
    extremes = numpy.maximum(abs(coins_bas[:, 1]), abs(coins_hauts[:, 1])) + metres / 100_000
    ecarts = 1.01 * metres / numpy.minimum(metres_par_degre_de(extremes), metres_par_degre_de(numpy.zeros(1)))
    boites: numpy.ndarray = shapely.box(*(coins_bas - ecarts).T, *(coins_hauts + ecarts).T)
    return boites


def _distances(troncons: numpy.ndarray, lieux: numpy.ndarray) -> numpy.ndarray:
    """Mètres de chaque lieu à son tronçon, dans le plan local en mètres dont il est l'origine (celui de `vers_metres`)."""
    sommets = (troncons - lieux[:, None]) * metres_par_degre_de(lieux[:, 1])[:, None]
    departs_x, departs_y = sommets[:, :-1, 0], sommets[:, :-1, 1]
    directions_x, directions_y = sommets[:, 1:, 0] - departs_x, sommets[:, 1:, 1] - departs_y
    carres = directions_x**2 + directions_y**2
    avancees = -(departs_x * directions_x + departs_y * directions_y) / numpy.where(carres > 0, carres, 1)
    avancees = avancees.clip(0, 1)
    ecarts_x, ecarts_y = departs_x + directions_x * avancees, departs_y + directions_y * avancees
    distances: numpy.ndarray = numpy.sqrt((ecarts_x**2 + ecarts_y**2).min(axis=1))
    return distances
