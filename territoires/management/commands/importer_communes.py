from pathlib import Path

from territoires.importation import importer_communes
from territoires.management.importation import CommandeImport


class Command(CommandeImport):
    help = (
        "Importe les communes et les EPCI du paquet npm @etalab/decoupage-administratif : archive .tgz, dossier "
        "déplié ou dossier data ; avec eux, les noms des communes déléguées et associées et des arrondissements. "
        "Rejouable ; tout ou rien."
    )
    genres = {"epci": "EPCI", "communes": "communes", "autres_noms": "autres noms"}

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--mouvements",
            type=Path,
            metavar="FICHIER",
            help="ajoute les noms disparus du fichier des mouvements de communes de l'INSEE (v_mvtcommune_AAAA.csv)",
        )

    def importer(self, fichier: Path, options):
        return importer_communes(fichier, options["mouvements"])
