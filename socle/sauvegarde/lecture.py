"""Restaurer une sauvegarde dans une instance vide : tout, ou rien."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyrage
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from socle.sauvegarde import archive
from socle.sauvegarde.ecriture import MOTIF
from socle.sauvegarde.lignes import Reprise


def choisir(chemin: Path) -> Path:
    """Le fichier donné, ou la sauvegarde la plus récente du dossier donné."""
    if chemin.is_file():
        return chemin
    trouvees = sorted(chemin.glob(MOTIF))
    if not trouvees:
        raise archive.ArchiveRefusee(f"Aucune sauvegarde dans « {chemin} ».")
    return trouvees[-1]


def lire_identites(texte: str) -> list[Any]:
    """Les clés privées d'un texte : ce qu'`age-keygen` écrit, ou une clé SSH sans mot de passe."""
    if "PRIVATE KEY" in texte:
        return [pyrage.ssh.Identity.from_buffer(texte.encode())]
    lignes = (ligne.strip() for ligne in texte.splitlines())
    return [pyrage.x25519.Identity.from_str(ligne) for ligne in lignes if ligne and not ligne.startswith("#")]


def est_vide() -> bool:
    """Aucun compte : la base n'a pas de tables, ou personne n'y est jamais entré."""
    try:
        with transaction.atomic():
            return not get_user_model()._base_manager.exists()
    except DatabaseError:
        return True


def manifeste_de(chemin: Path, identites: Sequence[Any]) -> dict[str, Any]:
    """Lit l'archive jusqu'au bout, sans rien écrire : abîmée, elle se refuse avant que quoi que ce soit ne change."""
    with archive.lire(chemin, identites) as ecoute:
        for _ in ecoute:
            pass
    return ecoute.manifeste


def restaurer(chemin: Path, manifeste: dict[str, Any], identites: Sequence[Any]) -> Counter[str]:
    """Refait la base et range les documents ; rend ce qui a été écrit. Interrompue, elle se relance : rien n'est resté."""
    reprise = Reprise(manifeste["migrations"])
    if inconnues := reprise.inconnues():
        raise archive.ArchiveRefusee(
            f"Cette sauvegarde vient d'une version plus neuve ({manifeste['version']}) : mettez le code à jour d'abord "
            f"({inconnues[0]} manque)."
        )
    reprise.preparer()
    ecrits: Counter[str] = Counter()
    with connection.constraint_checks_disabled(), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as curseur:
                curseur.execute("SET LOCAL statement_timeout = 0")
        with archive.lire(chemin, identites) as ecoute:
            for nom, flux in ecoute:
                genre, _, reste = nom.partition("/")
                if genre == "base":
                    ecrits["lignes"] += reprise.remplir(reste.partition("/")[0], flux.read())
                else:
                    _ranger(reste, flux.read())
                    ecrits["documents"] += 1
        reprise.conclure()
    call_command("migrate", interactive=False, verbosity=0)
    return ecrits


def _ranger(chemin: str, contenu: bytes) -> None:
    """À sa place exacte. Un stockage qui a survécu à la base garde déjà le fichier : s'il diffère, l'archive fait foi."""
    if default_storage.exists(chemin):
        with default_storage.open(chemin, "rb") as deja:
            if deja.read() == contenu:
                return
        default_storage.delete(chemin)
    if default_storage.save(chemin, ContentFile(contenu)) != chemin:
        raise archive.ArchiveRefusee(f"Le document « {chemin} » n'a pas pu reprendre son nom.")
