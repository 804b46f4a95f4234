"""Ce qu'une carte de quartiers montre autour d'eux : les communes dont le contour est chargé."""

from collections.abc import Iterable

from shapely.geometry.base import BaseGeometry

from territoires.geometrie import en_forme
from territoires.models import ContourCommune, QuartierPrioritaire


def communes_autour(quartiers: Iterable[QuartierPrioritaire]) -> list[tuple[str, BaseGeometry]]:
    """(nom, forme) de chaque commune proche de ces quartiers, en une requête ; rien si aucun contour n'est chargé."""
    contours = ContourCommune.objects.autour(quartiers).order_by("commune__code_insee")
    return [(contour.commune.nom, en_forme(contour.geometrie)) for contour in contours]
