from pathlib import Path

from territoires.enums import Millesime
from territoires.importation import importer_quartiers
from territoires.management.importation import CommandeImport


class Command(CommandeImport):
    help = (
        "Importe les contours des quartiers prioritaires d'un millésime depuis un GeoJSON en WGS84 (propriétés code_qp "
        "et lib_qp ou nom_qp). Remplace le contour des codes déjà connus. Rejouable ; tout ou rien."
    )
    genres = {"quartiers": "quartiers"}

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--millesime", type=int, choices=Millesime.values, required=True, help="2015 ou 2024")

    def importer(self, fichier: Path, options):
        return importer_quartiers(fichier, Millesime(options["millesime"]))
