from django.core.management.base import BaseCommand

from socle.models import Document
from socle.services.documents import relancer
from socle.stockage import fichiers_manquants


class Command(BaseCommand):
    help = "Compare la base et les fichiers gardés : dit ce que la base connaît et que le disque n'a plus."

    def add_arguments(self, parser):
        parser.add_argument("--refaire", action="store_true", help="refabrique les documents dont le fichier manque")

    def handle(self, *args, **options):
        manquants = refaits = 0
        for ligne, chemin in fichiers_manquants():
            manquants += 1
            self.stdout.write(f"{ligne._meta.verbose_name} {ligne.pk} : {chemin}")
            if options["refaire"] and isinstance(ligne, Document) and ligne.fichier_manque:
                relancer(document=ligne)
                refaits += 1
        self.stdout.write(f"{manquants} fichier(s) manquant(s), {refaits} remis en fabrication.")
