"""La base de test migrée une fois : tant que les migrations ne changent pas, les lancements suivants partent d'une copie.

Seulement sur SQLite, où chaque processus de test a son fichier. `migrate` passe quand même : il n'a alors rien à faire.
"""

import hashlib
import os
import sqlite3
import tempfile
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

RACINE = Path(__file__).resolve().parent.parent


def copie_migree() -> Path:
    """Le fichier gardé pour ces migrations-ci, qu'il existe ou non."""
    empreinte = hashlib.sha256(f"{django.__version__} {sqlite3.sqlite_version}".encode())
    for fichier in sorted(RACINE.glob("*/migrations/*.py")):
        empreinte.update(fichier.name.encode() + fichier.read_bytes())
    return Path(tempfile.gettempdir(), f"clauses-base-{os.getuid()}-{empreinte.hexdigest()[:20]}.sqlite3")


def partir_de_la_copie() -> bool:
    """Pose la copie à la place de la base de test ; faux s'il n'y en a pas encore."""
    copie, base = copie_migree(), Path(settings.DATABASES["default"]["TEST"]["NAME"])
    if not copie.exists() or base.exists():
        return False
    _recopier(copie, base)
    return True


def garder_la_copie() -> None:
    """Garde la base qui vient d'être migrée ; d'un coup, pour qu'un autre processus n'en lise jamais la moitié."""
    copie = copie_migree()
    provisoire = copie.with_suffix(f".{os.getpid()}")
    connection.close()
    _recopier(Path(connection.settings_dict["NAME"]), provisoire)
    provisoire.replace(copie)


def _recopier(source: Path, vers: Path) -> None:
    with sqlite3.connect(source) as de, sqlite3.connect(vers) as a:
        de.backup(a)
    de.close()
    a.close()
