import time

from django.core.management.base import BaseCommand, CommandError

from socle.models import Document
from socle.services.documents import relancer
from socle.services.passages import passage
from socle.stockage import fichiers_gardes
from socle.verifications import verifier
from socle.verifications.fichiers import CONTENUS

MONTRES = 20


class Command(BaseCommand):
    help = (
        "Contrôle ce que l'installation garde : relations, états, uniques, structures, compteurs, bilans publiés et leurs "
        "empreintes, secrets, fichiers. N'écrit rien, sauf avec --refaire. Sort avec le code 1 s'il trouve un écart."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--refaire", action="store_true", help="refabrique d'abord les documents dont le fichier manque"
        )
        parser.add_argument("--sans-lire-les-fichiers", action="store_true", help="dit s'ils sont là, sans les relire")

    def handle(self, *args, refaire: bool, sans_lire_les_fichiers: bool, **options) -> None:
        if refaire:
            self.stdout.write(
                f"{_refaire_les_documents()} document(s) remis en fabrication : relancez « verifier » ensuite."
            )
            return
        debut = time.monotonic()
        with passage("Vérification") as compte:
            trouves = compte.nombre = self._controler(sans={CONTENUS} if sans_lire_les_fichiers else set())
        if trouves:
            raise CommandError(f"{trouves} écart(s) trouvé(s).")
        self.stdout.write(f"Rien à redire ({time.monotonic() - debut:.1f} s).")

    def _controler(self, sans: set[str]) -> int:
        trouves = 0
        for nom, ecarts in verifier(sans=sans):
            self.stdout.write(f"{'✗' if ecarts else '✓'} {nom}")
            for ecart in ecarts[:MONTRES]:
                self.stdout.write(f"    {ecart}")
            if len(ecarts) > MONTRES:
                self.stdout.write(f"    … et {len(ecarts) - MONTRES} de plus")
            trouves += len(ecarts)
        return trouves


def _refaire_les_documents() -> int:
    manquants = [ligne for ligne, _ in fichiers_gardes() if isinstance(ligne, Document) and ligne.fichier_manque]
    for document in manquants:
        relancer(document=document)
    return len(manquants)
