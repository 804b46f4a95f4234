"""Écrire une sauvegarde, puis la relire en entier : on ne découvre pas le jour de la panne qu'elle ne s'ouvrait pas."""

import datetime
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from socle.sauvegarde import archive
from socle.sauvegarde.lignes import migrations_appliquees, modeles_gardes, paquets_de
from socle.stockage import champs_de_fichiers

NOM = "clauses-{:%Y%m%d-%H%M%S}.sauvegarde"
MOTIF = "clauses-*.sauvegarde"
EN_COURS = ".en-cours"


@dataclass(frozen=True, slots=True)
class Bilan:
    """Ce qu'une sauvegarde contient, relu dans le fichier même."""

    chemin: Path
    lignes: int
    documents: int
    absents: list[str]
    chiffree: bool

    @property
    def taille(self) -> int:
        return self.chemin.stat().st_size


def sauvegarder(dossier: Path, *, cle_publique: str = "", documents: bool = True) -> Bilan:
    """Écrit dans le dossier une sauvegarde datée, la relit, puis seulement lui donne son nom.

    Avec une clé publique, seule sa clé privée l'ouvrira : une seconde clé, tirée ici et oubliée aussitôt, sert à la relire.
    """
    dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
    chemin = dossier / NOM.format(timezone.localtime())
    en_cours = chemin.with_name(chemin.name + EN_COURS)
    relecture = pyrage.x25519.Identity.generate()
    destinataires = [destinataire(cle_publique), relecture.to_public()] if cle_publique else []
    try:
        with archive.ecrire(en_cours, destinataires) as redaction:
            absents = _remplir(redaction, documents=documents, chiffree=bool(destinataires))
        bilan = _relire(en_cours, [relecture] if destinataires else [], absents)
        en_cours.rename(chemin)
    finally:
        en_cours.unlink(missing_ok=True)
    return Bilan(chemin, *bilan, absents=absents, chiffree=bool(destinataires))


def destinataire(cle_publique: str) -> Any:
    """Une clé age (`age1…`) ou une clé publique SSH ; lève `pyrage.RecipientError` si ce n'en est pas une."""
    if cle_publique.startswith("ssh-"):
        return pyrage.ssh.Recipient.from_str(cle_publique)
    return pyrage.x25519.Recipient.from_str(cle_publique)


def oublier_les_anciennes(dossier: Path, garder: int) -> int:
    """N'en laisse que les plus récentes ; rend le nombre de celles qui s'effacent."""
    anciennes = sorted(dossier.glob(MOTIF))[:-garder]
    for chemin in anciennes:
        chemin.unlink()
    return len(anciennes)


def _remplir(redaction: archive.Redaction, *, documents: bool, chiffree: bool) -> list[str]:
    lignes: Counter[str] = Counter()
    with _instantane():
        for modele in modeles_gardes():
            for rang, (paquet, nombre) in enumerate(paquets_de(modele)):
                redaction.ajouter(f"base/{modele._meta.label}/{rang:06}.jsonl", paquet)
                lignes[modele._meta.label] += nombre
        migrations = migrations_appliquees()
        fichiers = _fichiers_connus() if documents else []
    absents = [chemin for champ, chemin in fichiers if not _ajouter_le_fichier(redaction, champ, chemin)]
    redaction.conclure(
        {
            "version": settings.VERSION,
            "cree_le": datetime.datetime.now(datetime.UTC).isoformat(),
            "moteur": connection.vendor,
            "migrations": migrations,
            "lignes": lignes,
            "documents": len(fichiers) - len(absents),
            "absents": absents,
            "reglages": _reglages(chiffree),
        }
    )
    return absents


@contextmanager
def _instantane() -> Iterator[None]:
    """Toute la base au même instant, sans arrêter le site (sur SQLite, ses écritures attendent la fin)."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as curseur:
                curseur.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                curseur.execute("SET LOCAL statement_timeout = 0")
        yield


def _fichiers_connus() -> list[tuple[models.FileField, str]]:
    """Ceux que la base nomme ; un fichier qu'elle ne connaît pas n'est à personne."""
    return [
        (champ, chemin)
        for modele, champ in champs_de_fichiers()
        for chemin in modele._base_manager.exclude(**{champ.name: ""}).order_by("pk").values_list(champ.name, flat=True)
    ]


def _ajouter_le_fichier(redaction: archive.Redaction, champ: models.FileField, chemin: str) -> bool:
    try:
        with champ.storage.open(chemin, "rb") as fichier:
            redaction.ajouter_fichier(f"documents/{chemin}", fichier, fichier.size)
    except FileNotFoundError:  # expiré depuis la lecture de la base, ou déjà perdu : `verifier` le dit
        return False
    return True


def _reglages(chiffree: bool) -> dict[str, str | None]:
    """Ce que l'environnement règle. En clair, une archive n'en garde que les noms : la clé secrète ouvrirait tout le reste."""
    regles = settings.REGLAGES_DONNES() | {"SECRET_KEY": settings.SECRET_KEY}
    return {nom: valeur if chiffree else None for nom, valeur in sorted(regles.items())}


def _relire(chemin: Path, identites: list[Any], absents: list[str]) -> tuple[int, int]:
    lignes, documents = 0, 0
    with archive.lire(chemin, identites) as ecoute:
        for nom, flux in ecoute:
            if nom.startswith("base/"):
                lignes += flux.read().count(b"\n")
            else:
                documents += 1
    attendues = sum(ecoute.manifeste["lignes"].values()), ecoute.manifeste["documents"]
    if (lignes, documents) != attendues:
        raise archive.ArchiveRefusee(
            f"Relue, l'archive compte {lignes} lignes et {documents} documents, non {attendues}."
        )
    return lignes, documents
