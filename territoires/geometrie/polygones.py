"""Du GeoJSON stocké aux formes, et retour."""

from collections.abc import Iterable
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, mapping, shape
from shapely.geometry.base import BaseGeometry

DECIMALES = 7  # un centimètre : deux morceaux d'un quartier qui se touchent à cela près se soudent
PAS = 10**-DECIMALES
SURFACE_MIN = 1e-10  # degrés carrés, à peu près un mètre carré : en dessous, une miette d'arrondi


def en_forme(geojson: dict[str, Any]) -> BaseGeometry:
    return shape(geojson)


def en_geojson(forme: MultiPolygon) -> dict[str, Any]:
    """Le GeoJSON de la forme, arrondi au centimètre : le même contour s'écrit toujours pareil."""
    return {"type": "MultiPolygon", "coordinates": _arrondir(mapping(forme)["coordinates"])}


def _arrondir(coordonnees: Any) -> Any:
    if isinstance(coordonnees, float | int):
        return round(float(coordonnees), DECIMALES)
    return [_arrondir(element) for element in coordonnees]


def surfaces(forme: BaseGeometry) -> list[BaseGeometry]:
    """Les polygones d'une forme quelconque ; les lignes et points qu'une réparation a laissés tombent."""
    morceaux = shapely.get_parts(shapely.get_parts(forme))
    return [morceau for morceau in morceaux if morceau.geom_type == "Polygon" and morceau.area > SURFACE_MIN]


def unir(formes: Iterable[BaseGeometry]) -> MultiPolygon:
    """Un seul contour : les morceaux d'un même quartier soudés, sans frontière intérieure (une ligne par commune)."""
    union = shapely.union_all(list(formes), grid_size=PAS)
    return shapely.normalize(MultiPolygon(surfaces(union)))
