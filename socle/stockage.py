"""Les fichiers gardés sur le disque du serveur : il peut être plein, et un fichier peut n'avoir pas été restauré."""

import errno
from collections.abc import Iterator

from django.apps import apps
from django.core.files.base import File
from django.db import models
from django.db.models.fields.files import FieldFile
from django.http import Http404

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
    return isinstance(panne, OSError) and panne.errno in (errno.ENOSPC, errno.EDQUOT)


def fichiers_manquants() -> Iterator[tuple[models.Model, str]]:
    """Chaque (ligne, chemin) que la base connaît et que le disque n'a plus, tous modèles confondus."""
    for modele in apps.get_models():
        for champ in (c for c in modele._meta.fields if isinstance(c, models.FileField) and not modele._meta.proxy):
            for ligne in modele._default_manager.exclude(**{champ.name: ""}).order_by("pk").iterator():
                chemin = getattr(ligne, champ.name).name
                if not champ.storage.exists(chemin):
                    yield ligne, chemin
