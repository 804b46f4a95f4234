"""Où tombe un point : dans quel quartier, et à combien de mètres du contour le plus proche."""

import math
from collections.abc import Iterable, Sequence

import numpy
import shapely
from shapely import STRtree
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from territoires.geometrie.metrique import metres_par_degre, metres_par_degre_de, vers_metres

PORTEE_EXACTE_M = 5_000  # au-delà, la distance n'est qu'un ordre de grandeur : rien ne s'y décide


class IndexQuartiers:
    """Les contours d'un millésime, rangés pour répondre en moins d'une milliseconde. Sans état caché, partageable."""

    def __init__(self, contours: Iterable[tuple[int, BaseGeometry]]):
        """`contours` : (clé, forme WGS84), dans l'ordre de préférence si deux se recouvraient."""
        paires = list(contours)
        self._cles = [cle for cle, _ in paires]
        self._formes = [forme for _, forme in paires]
        self._bords = [forme.boundary for forme in self._formes]
        shapely.prepare(self._formes)
        self._arbre, self._arbre_des_bords = STRtree(self._formes), STRtree(self._bords)
        self._troncons = [troncon for bord in self._bords for troncon in _en_troncons(bord)]
        self._arbre_des_troncons = STRtree([shapely.linestrings(points) for points in self._troncons])

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

    def classer(self, points: Sequence[tuple[float, float]], seuil_m: float) -> list[tuple[int | None, float | None]]:
        """(clé du quartier ou rien, mètres jusqu'au bord s'il est à moins de `seuil_m`) de chaque (longitude, latitude).

        Beaucoup de points d'un coup : deux lectures de l'arbre pour tous, et une distance exacte pour les seuls voisins
        d'un bord. Rend exactement ce que `quartier_contenant` et `distance` diraient un à un.
        """
        if not self._cles or not points:
            return [(None, None)] * len(points)
        lieux = numpy.asarray(points, dtype=float)
        geometries = shapely.points(lieux)
        cles: list[int | None] = [None] * len(points)
        dedans, rangs = self._arbre.query(geometries, predicate="intersects")
        for point, rang in sorted(zip(dedans.tolist(), rangs.tolist(), strict=True), reverse=True):
            cles[point] = self._cles[rang]  # du dernier au premier : l'ordre de préférence a le dernier mot
        distances: list[float | None] = [None] * len(points)
        for point, metres in self._pres_d_un_bord(lieux, geometries, seuil_m):
            distances[point] = metres
        return list(zip(cles, distances, strict=True))

    def _pres_d_un_bord(self, lieux: numpy.ndarray, geometries, seuil_m: float) -> Iterable[tuple[int, float]]:
        """(point, mètres) de chaque point à moins de `seuil_m` d'un bord : l'arbre propose, le plan local décide."""
        echelles = metres_par_degre_de(lieux[:, 1])
        portee = seuil_m / echelles.min()  # le plus grand nombre de degrés que vaille le seuil parmi ces points
        proches, troncons = self._arbre_des_troncons.query(geometries, predicate="dwithin", distance=portee)
        if not proches.size:
            return ()
        voisins = numpy.full(len(lieux), math.inf)
        choisis = [self._troncons[rang] for rang in troncons.tolist()]
        numpy.minimum.at(voisins, proches, _distances(choisis, lieux[proches], echelles[proches]))
        gardes = numpy.flatnonzero(voisins < seuil_m)
        return zip(gardes.tolist(), voisins[gardes].tolist(), strict=True)

    def qui_recouvrent(self, forme: BaseGeometry) -> list[int]:
        """Les clés des quartiers qui ont une surface commune avec cette forme."""
        rangs = sorted(self._arbre.query(forme, predicate="intersects"))
        return [self._cles[rang] for rang in rangs if self._formes[rang].intersection(forme).area > 0]

    def _distance_au_bord(self, rang: int, longitude: float, latitude: float) -> float:
        return float(shapely.distance(vers_metres(self._bords[rang], longitude, latitude), Point(0, 0)))


SEGMENTS_PAR_TRONCON = 8  # assez court pour que peu de segments se mesurent, assez long pour que l'arbre reste petit


def _en_troncons(bord: BaseGeometry) -> Iterable[numpy.ndarray]:
    """Les points d'un contour, trous compris, par tronçons de quelques segments qui se suivent."""
    for anneau in shapely.get_parts(bord):
        points = shapely.get_coordinates(anneau)
        for debut in range(0, len(points) - 1, SEGMENTS_PAR_TRONCON):
            yield points[debut : debut + SEGMENTS_PAR_TRONCON + 1]


def _distances(troncons: list[numpy.ndarray], lieux: numpy.ndarray, echelles: numpy.ndarray) -> numpy.ndarray:
    """Mètres de chaque lieu à son tronçon, dans le plan local en mètres dont il est l'origine (celui de `vers_metres`)."""
    tailles = numpy.array([len(points) - 1 for points in troncons])
    departs = numpy.concatenate([points[:-1] for points in troncons])
    arrivees = numpy.concatenate([points[1:] for points in troncons])
    origines, facteurs = numpy.repeat(lieux, tailles, axis=0), numpy.repeat(echelles, tailles, axis=0)
    departs, arrivees = (departs - origines) * facteurs, (arrivees - origines) * facteurs
    directions = arrivees - departs
    carres = numpy.einsum("ij,ij->i", directions, directions)
    avancees = -numpy.einsum("ij,ij->i", departs, directions) / numpy.where(carres > 0, carres, 1)
    pieds = departs + directions * numpy.clip(avancees, 0, 1)[:, None]
    return numpy.minimum.reduceat(numpy.hypot(pieds[:, 0], pieds[:, 1]), numpy.cumsum(tailles) - tailles)
