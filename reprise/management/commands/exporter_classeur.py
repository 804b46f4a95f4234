from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptes.management.structures import structure_ou_erreur
from reprise.exports import ecrire_classeur


class Command(BaseCommand):
    help = "Écrit le classeur de reprise d'une structure, relisible par importer_classeur ; --vide pour le modèle vide."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--structure", help="identifiant court de la structure à exporter")
        parser.add_argument("--sortie", required=True, help="le fichier .xlsx à écrire")
        parser.add_argument("--vide", action="store_true", help="le modèle vide, sans aucune donnée")

    def handle(self, *args, **options) -> None:
        if not options["vide"] and not options["structure"]:
            raise CommandError("Dites quelle structure exporter (--structure SLUG), ou demandez le modèle (--vide).")
        structure = None if options["vide"] else structure_ou_erreur(options["structure"])
        sortie = Path(options["sortie"])
        if not sortie.parent.is_dir():
            raise CommandError(f"Dossier introuvable : {sortie.parent}")
        comptes = ecrire_classeur(str(sortie), structure)
        for feuille, nombre in comptes.items():
            self.stdout.write(f"{feuille} : {nombre} ligne(s)")
        self.stdout.write(f"Écrit : {sortie}")
