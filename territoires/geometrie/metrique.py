"""Des degrés aux mètres, autour d'un point ; les bornes de la France."""

import math

import numpy
import shapely
from shapely.geometry.base import BaseGeometry

# Ellipsoïde WGS84 (NIMA TR8350.2) : demi-grand axe et carré de l'excentricité.
_DEMI_GRAND_AXE = 6_378_137.0
_EXCENTRICITE_2 = 6.694379990141e-3

# (ouest, sud, est, nord) : métropole, puis les outre-mer qui ont des quartiers prioritaires ou des communes.
BORNES_FRANCE = (
    (-5.7, 41.2, 9.8, 51.3),  # métropole et Corse
    (-61.9, 15.7, -60.9, 16.6),  # Guadeloupe
    (-61.3, 14.3, -60.7, 15.0),  # Martinique
    (-54.8, 2.0, -51.5, 5.9),  # Guyane
    (55.1, -21.5, 55.95, -20.7),  # La Réunion
    (44.9, -13.1, 45.4, -12.5),  # Mayotte
    (-63.3, 17.8, -62.7, 18.2),  # Saint-Martin et Saint-Barthélemy
    (-56.5, 46.7, -56.0, 47.2),  # Saint-Pierre-et-Miquelon
    (-154.9, -28.0, -134.3, -7.7),  # Polynésie française
    (158.0, -23.0, 172.5, -18.0),  # Nouvelle-Calédonie
    (-178.4, -14.5, -176.0, -13.0),  # Wallis-et-Futuna
)


def en_france(longitude: float, latitude: float) -> bool:
    """Vrai si le point est dans l'une des boîtes qui entourent les terres françaises."""
    return any(ouest <= longitude <= est and sud <= latitude <= nord for ouest, sud, est, nord in BORNES_FRANCE)


def metres_par_degre(latitude: float) -> tuple[float, float]:
    """Longueur en mètres d'un degré de longitude et d'un degré de latitude, à cette latitude."""
    sinus_2 = math.sin(math.radians(latitude)) ** 2
    normale = _DEMI_GRAND_AXE / math.sqrt(1 - _EXCENTRICITE_2 * sinus_2)
    meridien = normale * (1 - _EXCENTRICITE_2) / (1 - _EXCENTRICITE_2 * sinus_2)
    return math.radians(1) * normale * math.cos(math.radians(latitude)), math.radians(1) * meridien


def metres_par_degre_de(latitudes: numpy.ndarray) -> numpy.ndarray:
    """`metres_par_degre` de beaucoup de latitudes : une ligne (longitude, latitude) par point."""
    radians = numpy.radians(latitudes)
    racine = 1 - _EXCENTRICITE_2 * numpy.sin(radians) ** 2
    normale = _DEMI_GRAND_AXE / numpy.sqrt(racine)
    meridien = normale * (1 - _EXCENTRICITE_2) / racine
    return math.radians(1) * numpy.stack([normale * numpy.cos(radians), meridien], axis=1)


def vers_metres(forme: BaseGeometry, longitude: float, latitude: float) -> BaseGeometry:
    """La forme dans un plan local en mètres, le point à l'origine. Erreur sous le centimètre à 50 m, sous 1 m à 2 km."""
    echelle = numpy.array(metres_par_degre(latitude))
    origine = numpy.array([longitude, latitude])
    return shapely.transform(forme, lambda points: (points - origine) * echelle)


def hectares(forme: BaseGeometry) -> float:
    """La superficie d'une forme WGS84, en hectares, à une décimale."""
    centre = forme.centroid
    return round(float(vers_metres(forme, centre.x, centre.y).area) / 10_000, 1)
