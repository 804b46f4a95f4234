import os
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reporting.bilan.synthese import synthese
from reporting.enums import Presentation
from reporting.lecture.lignes import a_de_quoi_dire
from reporting.lecture.perimetre import Perimetre
from reporting.management.choix import structure_nommee, verifier_annee
from reporting.rendu.pdf.document import rendre_bilan
from socle.periodes import Periode
from socle.regles import RegleViolee


class Command(BaseCommand):
    help = (
        "Écrit le bilan annuel d'une structure en PDF, avec ses chiffres exacts : c'est un document de travail. Une année sans "
        "heure validée ni marché suivi est refusée."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--structure", required=True, metavar="SLUG", help="identifiant court de la structure")
        parser.add_argument("--annee", required=True, type=int, metavar="AAAA")
        parser.add_argument("--sortie", required=True, type=Path, metavar="F.pdf", help="fichier écrit, ou remplacé")
        parser.add_argument("--presentation", choices=Presentation.values, default=Presentation.EXACTE)

    def handle(self, *args, structure: str, annee: int, sortie: Path, presentation: str, **options) -> None:
        trouvee = structure_nommee(structure)
        verifier_annee(annee, derniere=timezone.localdate().year)
        if not a_de_quoi_dire([trouvee], Periode.annee(annee)):
            raise CommandError(
                f"Aucune heure validée ni aucun marché suivi en {annee} pour « {trouvee.nom} » : rien à écrire."
            )
        if sortie.is_dir() or not sortie.absolute().parent.is_dir():
            raise CommandError(f"« {sortie} » n'est pas un fichier que l'on puisse écrire : son dossier n'existe pas.")
        try:
            contenu = rendre_bilan(synthese(Perimetre.annuel(trouvee, annee)), presentation)
            ecrire(sortie, contenu)
        except RegleViolee as refus:
            raise CommandError(refus.motif) from refus
        except OSError as erreur:
            raise CommandError(f"« {sortie} » ne s'écrit pas : {erreur.strerror}.") from erreur
        self.stdout.write(f"Bilan {annee} de « {trouvee.nom} » écrit dans {sortie} ({len(contenu) // 1024} Ko).")


def ecrire(sortie: Path, contenu: bytes) -> None:
    """Remplace le fichier d'un seul coup : on ne lit jamais un PDF à moitié écrit."""
    poignee, provisoire = tempfile.mkstemp(dir=sortie.absolute().parent, prefix=".bilan-")
    try:
        with os.fdopen(poignee, "wb") as fichier:
            fichier.write(contenu)
        os.chmod(provisoire, 0o640)
        os.replace(provisoire, sortie)
    except OSError:
        Path(provisoire).unlink(missing_ok=True)
        raise
