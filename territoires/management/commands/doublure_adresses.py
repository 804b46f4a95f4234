from django.core.management.base import BaseCommand

from territoires.adresses.doublure import Doublure


class Command(BaseCommand):
    help = "Sert une doublure de la Base adresse nationale : quelques voies inventées, pour la démonstration sans internet."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8765, help="le port d'écoute, sur 127.0.0.1")

    def handle(self, *args, **options):
        doublure = Doublure(options["port"])
        self.stdout.write(f"Doublure des adresses sur {doublure.url}")
        doublure.serve_forever()
