import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from metiers.importation import importer_metiers


class Command(BaseCommand):
    help = (
        "Reprend le répertoire ROME d'un fichier CSV : les appellations officielles (unix_referentiel_appellation), ou "
        "des codes et leurs libellés (code, libelle). À blanc par défaut ; rejouable."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("fichier", type=Path, metavar="FICHIER.csv")
        parser.add_argument("--pour-de-vrai", action="store_true", help="écrit les métiers")
        parser.add_argument("--format", choices=["texte", "json"], default="texte")

    def handle(self, *args, fichier: Path, pour_de_vrai: bool, **options) -> None:
        if not fichier.is_file():
            raise CommandError(f"Fichier introuvable : {fichier}")
        try:
            rapport = importer_metiers(fichier, pour_de_vrai=pour_de_vrai)
        except UnicodeDecodeError as erreur:
            raise CommandError("Ce fichier n'est pas du texte UTF-8.") from erreur
        if options["format"] == "json":
            self.stdout.write(json.dumps(rapport.en_json(), ensure_ascii=False, indent=2))
            return
        self.stdout.write("Métiers repris." if pour_de_vrai else "À blanc : rien n'est écrit. Avec --pour-de-vrai :")
        self.stdout.write(
            f"  {rapport.crees} créés, {rapport.modifies} modifiés, {rapport.inchanges} inchangés, {rapport.noms} noms ajoutés"
        )
        for refus in rapport.refus[:50]:
            self.stdout.write(self.style.WARNING(f"  {refus}"))
