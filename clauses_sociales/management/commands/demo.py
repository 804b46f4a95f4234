from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from clauses_sociales.demonstration.bilans import etablir_les_bilans
from clauses_sociales.demonstration.comptes import tableau
from clauses_sociales.demonstration.fins import fabriquer_les_courriers
from clauses_sociales.demonstration.monde import SLUG, construire


class Command(BaseCommand):
    help = "Charge le monde de démonstration (une seule fois) et imprime ses comptes."

    def add_arguments(self, parser):
        parser.add_argument("--comptes", action="store_true", help="n'imprime que les comptes, sans rien charger")

    def handle(self, *args, **options):
        if settings.HTTPS:
            raise CommandError(
                "Le monde de démonstration a un mot de passe connu : il ne se charge pas sur un site en ligne."
            )
        if not options["comptes"]:
            self.stderr.write("Monde de démonstration chargé." if construire() else "Monde de démonstration déjà là.")
            etablir_les_bilans(SLUG)
            fabriquer_les_courriers(SLUG)
        self.stdout.write(tableau())
