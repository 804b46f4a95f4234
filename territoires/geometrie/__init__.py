"""La géométrie des quartiers, sans base de données : lire un GeoJSON, savoir où tombe un point, dessiner une carte."""

from territoires.geometrie.carte import Carte, dessiner
from territoires.geometrie.distance import kilometres
from territoires.geometrie.index import IndexQuartiers
from territoires.geometrie.lecture import ContourRefuse, Lecture, QuartierLu, lire_contour, lire_quartiers
from territoires.geometrie.metrique import en_france, hectares, vers_metres
from territoires.geometrie.polygones import en_forme, en_geojson, unir

__all__ = [
    "Carte",
    "ContourRefuse",
    "IndexQuartiers",
    "Lecture",
    "QuartierLu",
    "dessiner",
    "en_forme",
    "en_france",
    "en_geojson",
    "hectares",
    "kilometres",
    "lire_contour",
    "lire_quartiers",
    "unir",
    "vers_metres",
]
