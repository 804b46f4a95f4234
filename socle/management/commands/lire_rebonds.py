from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from socle.models import Courriel
from socle.rebonds import lire_avis
from socle.services.rebonds import consigner_rebond


class Command(BaseCommand):
    help = (
        "Lit les avis de non-remise (RFC 3464) d'un dossier, un message par fichier, et consigne les rebonds. "
        "À blanc par défaut ; rejouable."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("dossier", type=Path)
        parser.add_argument("--pour-de-vrai", action="store_true", help="consigne les rebonds")

    def handle(self, *args, dossier: Path, pour_de_vrai: bool, **options) -> None:
        if not dossier.is_dir():
            raise CommandError(f"« {dossier} » n'est pas un dossier.")
        rebonds = [
            rebond
            for fichier in sorted(dossier.iterdir())
            if fichier.is_file()
            for rebond in lire_avis(fichier.read_bytes())
        ]
        for rebond in rebonds:
            courriel = Courriel.objects.filter(uuid=rebond.courriel).first() if rebond.courriel else None
            # L'avis d'une copie nomme notre courriel, pas son destinataire : c'est l'adresse qui compte.
            du_destinataire = courriel and courriel.destinataire.lower() == rebond.adresse.lower()
            if pour_de_vrai and du_destinataire:
                consigner_rebond(courriel=courriel, motif=rebond.motif)
            elif pour_de_vrai:
                consigner_rebond(adresse=rebond.adresse, motif=rebond.motif)
            self.stdout.write(f"  {rebond.adresse} · {rebond.motif}")
        suite = "consignés" if pour_de_vrai else "à consigner, avec --pour-de-vrai"
        self.stdout.write(f"{len(rebonds)} rebond{'s' if len(rebonds) > 1 else ''} {suite}.")
