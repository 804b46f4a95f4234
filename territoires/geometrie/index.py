"""Où tombe un point : dans quel quartier, et à combien de mètres du contour le plus proche."""

from collections.abc import Iterable

import shapely
from shapely import STRtree
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from territoires.geometrie.metrique import metres_par_degre, vers_metres

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

    def qui_recouvrent(self, forme: BaseGeometry) -> list[int]:
        """Les clés des quartiers qui ont une surface commune avec cette forme."""
        rangs = sorted(self._arbre.query(forme, predicate="intersects"))
        return [self._cles[rang] for rang in rangs if self._formes[rang].intersection(forme).area > 0]

    def _distance_au_bord(self, rang: int, longitude: float, latitude: float) -> float:
        return float(shapely.distance(vers_metres(self._bords[rang], longitude, latitude), Point(0, 0)))
