from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from socle.services.rebonds import consigner_avis, nouveaux_rebonds


class Command(BaseCommand):
    help = (
        "Lit les avis de non-remise (RFC 3464) d'un dossier, un message par fichier, et consigne les rebonds. "
        "À blanc par défaut ; rejouable : un avis déjà consigné ne l'est pas deux fois."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("dossier", type=Path)
        parser.add_argument("--pour-de-vrai", action="store_true", help="consigne les rebonds")

    def handle(self, *args, dossier: Path, pour_de_vrai: bool, **options) -> None:
        if not dossier.is_dir():
            raise CommandError(f"« {dossier} » n'est pas un dossier.")
        lire = consigner_avis if pour_de_vrai else nouveaux_rebonds
        fichiers = (fichier for fichier in sorted(dossier.iterdir()) if fichier.is_file())
        rebonds = [rebond for fichier in fichiers for rebond in lire(fichier.read_bytes())]
        for rebond in rebonds:
            self.stdout.write(f"  {rebond.adresse} · {rebond.motif}")
        s = "s" if len(rebonds) > 1 else ""
        suite = f"consigné{s}" if pour_de_vrai else "à consigner, avec --pour-de-vrai"
        self.stdout.write(f"{len(rebonds)} rebond{s} {suite}.")
