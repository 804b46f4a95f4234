import os
import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from reporting.enums import Presentation
from reporting.lecture import a_de_quoi_dire
from reporting.models import PREMIERE_ANNEE
from reporting.pdf import rendre_bilan
from reporting.synthese import synthese
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
        trouvee = self._structure(structure)
        self._verifier_annee(trouvee, annee)
        if sortie.is_dir() or not sortie.absolute().parent.is_dir():
            raise CommandError(f"« {sortie} » n'est pas un fichier que l'on puisse écrire : son dossier n'existe pas.")
        try:
            contenu = rendre_bilan(synthese(trouvee, annee), presentation)
            ecrire(sortie, contenu)
        except RegleViolee as refus:
            raise CommandError(refus.motif) from refus
        except OSError as erreur:
            raise CommandError(f"« {sortie} » ne s'écrit pas : {erreur.strerror}.") from erreur
        self.stdout.write(f"Bilan {annee} de « {trouvee.nom} » écrit dans {sortie} ({len(contenu) // 1024} Ko).")

    def _structure(self, slug: str) -> Organisation:
        trouvee = Organisation.objects.filter(type=TypeOrganisation.FACILITATRICE, slug=slug).first()
        if trouvee is None:
            raise CommandError(f"Aucune structure facilitatrice ne s'appelle « {slug} ».")
        return trouvee

    def _verifier_annee(self, structure: Organisation, annee: int) -> None:
        courante = timezone.localdate().year
        if not PREMIERE_ANNEE <= annee <= courante:
            raise CommandError(f"L'année {annee} n'est pas entre {PREMIERE_ANNEE} et {courante}.")
        if not a_de_quoi_dire(structure, Periode.annee(annee)):
            raise CommandError(
                f"Aucune heure validée ni aucun marché suivi en {annee} pour « {structure.nom} » : rien à écrire."
            )


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
