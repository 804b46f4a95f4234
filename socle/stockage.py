"""Les fichiers gardés sur le disque du serveur : il peut être plein, et un fichier peut n'avoir pas été restauré."""

import errno
import sqlite3
from collections.abc import Iterator

from django.apps import apps
from django.core.files.base import File
from django.db import DatabaseError, models
from django.db.models.fields.files import FieldFile
from django.http import Http404
from psycopg.errors import DiskFull

FICHIER_ABSENT = (
    "La ligne existe, mais son fichier n'est plus sur le serveur : il n'a sans doute pas été restauré avec la base. "
    "Un document fabriqué ici se refait depuis « Mes documents » ; une pièce déposée est à déposer de nouveau. "
    "Prévenez l'administrateur."
)


class FichierAbsent(Http404):
    """Un fichier que la base connaît et que le disque n'a plus."""

    titre, motif = "Ce fichier manque", FICHIER_ABSENT


def ouvrir(fichier: FieldFile) -> File:
    """Le fichier, prêt à lire ; lève `FichierAbsent` s'il manque."""
    try:
        return fichier.open("rb")
    except FileNotFoundError as absent:
        raise FichierAbsent(FICHIER_ABSENT) from absent


def disque_plein(panne: BaseException | None) -> bool:
    """Celui des fichiers, ou celui de la base."""
    if isinstance(panne, DatabaseError):
        panne = panne.__cause__
    if isinstance(panne, sqlite3.Error):
        return panne.sqlite_errorcode == sqlite3.SQLITE_FULL
    return isinstance(panne, DiskFull) or (isinstance(panne, OSError) and panne.errno in (errno.ENOSPC, errno.EDQUOT))


def champs_de_fichiers() -> Iterator[tuple[type[models.Model], models.FileField]]:
    """Chaque (modèle, champ) qui garde un fichier."""
    for modele in apps.get_models():
        if not modele._meta.proxy:
            yield from ((modele, champ) for champ in modele._meta.fields if isinstance(champ, models.FileField))


def fichiers_gardes() -> Iterator[tuple[models.Model, FieldFile]]:
    """Chaque (ligne, fichier) que la base connaît, tous modèles confondus."""
    for modele, champ in champs_de_fichiers():
        for ligne in modele._default_manager.exclude(**{champ.name: ""}).order_by("pk").iterator():
            yield ligne, getattr(ligne, champ.name)
