"""Reprendre les référentiels publics : communes et EPCI, quartiers prioritaires. Tout ou rien, rejouable."""

from territoires.importation.communes import importer_communes
from territoires.importation.contours import importer_contours_communes
from territoires.importation.quartiers import importer_contours, importer_quartiers
from territoires.importation.rapport import ImportRefuse, Rapport

__all__ = [
    "ImportRefuse",
    "Rapport",
    "importer_communes",
    "importer_contours",
    "importer_contours_communes",
    "importer_quartiers",
]
