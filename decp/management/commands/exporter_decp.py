import json

from django.core.management.base import BaseCommand

from comptes.management.structures import structure_ou_erreur
from decp.exports import fragments


class Command(BaseCommand):
    help = (
        "Écrit les marchés attribués d'une structure en fragments DECP ; dit sur l'erreur ceux qui ne s'écrivent pas."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--structure", required=True, help="identifiant court de la structure")

    def handle(self, *args, structure: str, **options) -> None:
        rendus = fragments(structure_ou_erreur(structure))
        self.stdout.write(json.dumps(rendus.en_json(), ensure_ascii=False, indent=2))
        for reference, raison in rendus.ignores:
            self.stderr.write(f"{reference} : {raison}")
