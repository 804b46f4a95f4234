import uuid

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from socle.models import Courriel
from socle.services.rebonds import consigner_rebond


class Command(BaseCommand):
    help = (
        "Note qu'un courriel est revenu : il devient « Refusé », et les contacts à cette adresse sont en erreur jusqu'à leur "
        "correction. Par l'identifiant du courriel, dans sa structure ; par l'adresse, dans toutes."
    )

    def add_arguments(self, parser) -> None:
        quoi = parser.add_mutually_exclusive_group(required=True)
        quoi.add_argument("--courriel", metavar="UUID", help="le courriel revenu")
        quoi.add_argument("--adresse", default="", help="l'adresse qui ne reçoit plus")
        parser.add_argument("--motif", required=True, help="ce que dit l'avis de non-remise")

    def handle(self, *args, courriel: str | None, adresse: str, motif: str, **options) -> None:
        try:
            revenu = Courriel.objects.get(uuid=uuid.UUID(courriel)) if courriel else None
            marques = consigner_rebond(courriel=revenu, adresse=adresse, motif=motif)
        except (ValueError, Courriel.DoesNotExist) as erreur:
            raise CommandError(f"Aucun courriel ne porte l'identifiant « {courriel} ».") from erreur
        except ValidationError as refus:
            raise CommandError(" ".join(refus.messages)) from refus
        self.stdout.write(f"Rebond consigné : {marques} contact{'s' if marques > 1 else ''} en erreur.")
