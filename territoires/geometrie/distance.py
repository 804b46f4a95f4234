"""La distance entre deux points, à vol d'oiseau."""

import math

RAYON_TERRE_KM = 6371.0088  # rayon moyen, UGGI


def kilometres(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """Kilomètres à vol d'oiseau entre deux points WGS84 en degrés (formule de haversine)."""
    lat_a, lat_b = math.radians(latitude_a), math.radians(latitude_b)
    demi_lat, demi_lon = (lat_b - lat_a) / 2, math.radians(longitude_b - longitude_a) / 2
    corde = math.sin(demi_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(demi_lon) ** 2
    return 2 * RAYON_TERRE_KM * math.asin(math.sqrt(corde))
