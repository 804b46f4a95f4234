from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from decp.models import AvisDecp
from decp.services import appliquer_les_modifications


class Command(BaseCommand):
    help = "Applique aux avis publics les modifications publiées d'avance dont la date est venue. À blanc par défaut."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pour-de-vrai", action="store_true", help="applique")

    def handle(self, *args, pour_de_vrai: bool, **options) -> None:
        jour = timezone.localdate()
        nombre = appliquer_les_modifications(jour) if pour_de_vrai else AvisDecp.objects.a_modifier(jour).count()
        suite = "modifiés" if pour_de_vrai else "à modifier, avec --pour-de-vrai"
        self.stdout.write(f"Avis {suite} : {nombre}.")
