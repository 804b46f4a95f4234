import time
from pathlib import Path

import pyrage
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from socle.nombres import taille
from socle.sauvegarde.archive import ArchiveRefusee
from socle.sauvegarde.ecriture import oublier_les_anciennes, sauvegarder
from socle.services.passages import passage
from socle.stockage import disque_plein


class Command(BaseCommand):
    help = (
        "Écrit dans DOSSIER une sauvegarde datée : la base, les documents et les réglages ; puis la relit en entier. "
        "Chiffrée pour une clé publique age ou SSH si elle est donnée : sa clé privée seule l'ouvre."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("dossier", type=Path, metavar="DOSSIER", help="créé s'il manque, lisible de vous seul")
        parser.add_argument(
            "--cle",
            default=settings.SAUVEGARDE_CLE,
            metavar="CLÉ",
            help="la clé publique (age1… ou ssh-ed25519 …) ; à défaut, SAUVEGARDE_CLE",
        )
        parser.add_argument("--garder", type=int, metavar="N", help="n'en laisse que les N plus récentes du dossier")
        parser.add_argument(
            "--sans-documents",
            action="store_true",
            help="la base seule : le stockage des documents se sauvegarde à part",
        )

    def handle(self, *args, dossier: Path, cle: str, garder: int | None, sans_documents: bool, **options) -> None:
        if garder is not None and garder < 1:
            raise CommandError("--garder : au moins 1.")
        debut = time.monotonic()
        try:
            with passage("Sauvegarde") as compte:
                bilan = sauvegarder(dossier, cle_publique=cle, documents=not sans_documents)
                compte.nombre = bilan.lignes
        except pyrage.RecipientError as refus:
            raise CommandError("--cle : ce n'est ni une clé publique age (age1…), ni une clé publique SSH.") from refus
        except ArchiveRefusee as refus:
            raise CommandError(str(refus)) from refus
        except OSError as panne:
            if disque_plein(panne):
                raise CommandError("Le disque est plein : aucune sauvegarde n'a été écrite.") from panne
            raise
        self.stdout.write(
            f"{bilan.chemin} : {bilan.lignes} lignes, {bilan.documents} documents, {taille(bilan.taille)}, "
            f"{'chiffrée' if bilan.chiffree else 'EN CLAIR'}, relue, en {time.monotonic() - debut:.1f} s."
        )
        if not bilan.chiffree:
            self.stderr.write(
                "Sans clé, elle ne garde pas la SECRET_KEY : gardez .env ailleurs, et le fichier sous clé."
            )
        for chemin in bilan.absents:
            self.stderr.write(f"Absent du stockage, donc de la sauvegarde : {chemin}")
        if garder is not None and (oubliees := oublier_les_anciennes(dossier, garder)):
            self.stdout.write(f"{oubliees} plus ancienne(s) effacée(s).")
