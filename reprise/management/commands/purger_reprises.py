from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from reprise.models import Reprise
from reprise.services import reprises


class Command(BaseCommand):
    help = "Efface les classeurs déposés qui ont fait leur temps, et les valeurs de leurs rapports. À blanc par défaut."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pour-de-vrai", action="store_true", help="efface")

    def handle(self, *args, **options) -> None:
        if options["pour_de_vrai"]:
            self.stdout.write(f"{reprises.purger()} classeur(s) effacé(s).")
        else:
            nombre = Reprise.objects.a_effacer(timezone.now()).count()
            self.stdout.write(f"À blanc : {nombre} classeur(s) à effacer. Avec --pour-de-vrai pour les effacer.")
