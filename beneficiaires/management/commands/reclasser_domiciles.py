import json

from django.core.management.base import BaseCommand

from beneficiaires.services import reclasser_domiciles
from comptes.acteur import Acteur
from territoires.enums import Millesime


class Command(BaseCommand):
    help = "Relit le quartier prioritaire de tous les domiciles, après l'import de nouveaux contours."

    def add_arguments(self, parser):
        parser.add_argument("--millesime", type=int, choices=Millesime.values, default=Millesime.GEOGRAPHIE_2024.value)

    def handle(self, *args, **options):
        rapport = reclasser_domiciles(acteur=Acteur.exploitant(), millesime=Millesime(options["millesime"]))
        self.stdout.write(json.dumps({"domiciles": rapport.lus, "changes": rapport.changes}))
