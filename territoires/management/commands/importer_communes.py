from pathlib import Path

from territoires.importation import importer_communes
from territoires.management.importation import CommandeImport


class Command(CommandeImport):
    help = (
        "Importe les communes et les EPCI du paquet npm @etalab/decoupage-administratif : archive .tgz, dossier "
        "déplié ou dossier data. Rejouable ; tout ou rien."
    )
    genres = {"epci": "EPCI", "communes": "communes"}

    def importer(self, fichier: Path, options):
        return importer_communes(fichier)
