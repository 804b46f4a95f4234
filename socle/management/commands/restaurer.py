import os
import sys
import time
from pathlib import Path
from typing import Any

import pyrage
from django.core.management.base import BaseCommand, CommandError

from socle.models import Courriel
from socle.sauvegarde import lecture
from socle.sauvegarde.archive import ArchiveRefusee
from socle.stockage import disque_plein

PAS_VIDE = "Cette instance a déjà des comptes : une sauvegarde ne se restaure que dans une instance vide."


class Command(BaseCommand):
    help = (
        "Restaure une sauvegarde dans une instance vide (aucun compte) : la plus récente d'un dossier, ou un fichier. Les "
        "tables sont refaites, les documents rangés ; tout ou rien. Puis : manage.py verifier."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("chemin", type=Path, metavar="DOSSIER", help="le dossier des sauvegardes, ou l'une d'elles")
        parser.add_argument("--identite", metavar="FICHIER", help="la clé privée ; « - » la lit sur l'entrée")
        parser.add_argument(
            "--reglages", type=Path, metavar="FICHIER", help="y écrit les réglages qu'elle garde, et s'arrête"
        )

    def handle(self, *args, chemin: Path, identite: str | None, reglages: Path | None, **options) -> None:
        debut = time.monotonic()
        try:
            identites = lecture.lire_identites(_cle_privee(identite))
            chemin = lecture.choisir(chemin)
            if reglages is None and not lecture.est_vide():
                raise CommandError(PAS_VIDE)
            manifeste = lecture.manifeste_de(chemin, identites)
            if reglages is not None:
                self._ecrire_les_reglages(reglages, manifeste)
                return
            ecrits = lecture.restaurer(chemin, manifeste, identites)
        except pyrage.IdentityError as refus:
            raise CommandError("--identite : ce fichier ne contient pas de clé privée age ou SSH.") from refus
        except (ArchiveRefusee, FileNotFoundError) as refus:
            raise CommandError(str(refus)) from refus
        except OSError as panne:
            if disque_plein(panne):
                raise CommandError("Le disque est plein : rien n'a été restauré.") from panne
            raise
        self.stdout.write(
            f"{chemin.name} du {manifeste['cree_le'][:16]} : {ecrits['lignes']} lignes et {ecrits['documents']} documents "
            f"restaurés en {time.monotonic() - debut:.1f} s."
        )
        if dus := Courriel.objects.dus().count():
            self.stdout.write(f"{dus} courriel(s) attendaient alors : ils partiront, même partis depuis.")
        self.stdout.write("À lancer maintenant : manage.py verifier")

    def _ecrire_les_reglages(self, fichier: Path, manifeste: dict[str, Any]) -> None:
        """Au format de `.env`, lisible de vous seul."""
        gardes = manifeste["reglages"]
        if None in gardes.values():
            raise CommandError(
                f"Cette sauvegarde n'est pas chiffrée : elle ne garde que les noms ({', '.join(gardes)})."
            )
        descripteur = os.open(fichier, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descripteur, "w") as sortie:
            sortie.writelines(f"{nom}='{valeur}'\n" for nom, valeur in gardes.items())
        self.stdout.write(f"{len(gardes)} réglages écrits dans {fichier}.")


def _cle_privee(fichier: str | None) -> str:
    """Par l'entrée, la clé ne se pose jamais sur la machine."""
    if fichier is None:
        return ""
    return sys.stdin.read() if fichier == "-" else Path(fichier).read_text()
