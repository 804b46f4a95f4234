from pathlib import Path

from territoires.importation import importer_contours_communes
from territoires.management.importation import CommandeImport


class Command(CommandeImport):
    help = (
        "Importe les contours des communes, fond des cartes de quartiers, depuis un GeoJSON en WGS84 (propriété code ou "
        "insee_com). Rejouable ; tout ou rien."
    )
    genres = {"contours": "contours"}

    def importer(self, fichier: Path, options):
        return importer_contours_communes(fichier)
