from django.core.management.base import BaseCommand

from socle.retention import CONSERVATION_DES_CORPS
from socle.services.courriels import corps_a_purger, purger_les_corps


class Command(BaseCommand):
    help = (
        f"Efface le contenu des courriels de plus de {CONSERVATION_DES_CORPS.days} jours ; la trace de l'envoi reste. "
        "À blanc par défaut."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--pour-de-vrai", action="store_true", help="efface")

    def handle(self, *args, pour_de_vrai: bool, **options) -> None:
        nombre = purger_les_corps() if pour_de_vrai else corps_a_purger().count()
        suite = "effacés" if pour_de_vrai else "à effacer, avec --pour-de-vrai"
        self.stdout.write(f"{nombre} contenu{'s' if nombre > 1 else ''} de courriel {suite}.")
