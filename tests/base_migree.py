"""La base de test migrée une fois : tant que les migrations ne changent pas, chaque processus de test en reçoit une copie.

Sur SQLite, la copie est un fichier du dossier temporaire ; sur PostgreSQL, une base modèle à côté des bases de test, du même
nom. Le premier qui n'en trouve pas migre la sienne et la laisse ; les autres l'attendent, car migrer prend tout un cœur.
`migrate` passe quand même sur chaque copie : il n'a alors rien à faire.
"""

import fcntl
import hashlib
import os
import sqlite3
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

RACINE = Path(__file__).resolve().parent.parent


class Copie(ABC):
    nom: str

    def prendre(self) -> None:
        """Pose la copie ; s'il n'y en a pas encore, un seul processus à la fois passe, jusqu'à ce qu'il la rende."""
        self._verrou = os.open(Path(tempfile.gettempdir(), f"{self.nom}-{os.getuid()}.verrou"), os.O_CREAT | os.O_RDWR)
        fcntl.flock(self._verrou, fcntl.LOCK_EX)
        self.posee = self._poser()
        if self.posee:
            os.close(self._verrou)

    def rendre(self) -> None:
        """Une fois la base migrée."""
        if not self.posee:
            self._garder()
            os.close(self._verrou)

    @abstractmethod
    def _poser(self) -> bool:
        """Faux s'il n'y a pas encore de copie."""

    @abstractmethod
    def _garder(self) -> None: ...


class CopieSQLite(Copie):
    """Un fichier, posé à la place de la base de test avant qu'elle n'existe."""

    def __init__(self):
        self.nom = f"clauses-base-{_empreinte(sqlite3.sqlite_version)}"
        self._fichier = Path(tempfile.gettempdir(), f"{self.nom}-{os.getuid()}.sqlite3")

    def _poser(self) -> bool:
        base = Path(settings.DATABASES["default"]["TEST"]["NAME"])
        if not self._fichier.exists() or base.exists():
            return False
        self._recopier(self._fichier, base)
        return True

    def _garder(self) -> None:
        """D'un coup, pour qu'un autre processus n'en lise jamais la moitié."""
        provisoire = self._fichier.with_suffix(f".{os.getpid()}")
        connection.close()
        self._recopier(Path(connection.settings_dict["NAME"]), provisoire)
        provisoire.replace(self._fichier)

    @staticmethod
    def _recopier(source: Path, vers: Path) -> None:
        with sqlite3.connect(source) as de, sqlite3.connect(vers) as a:
            de.backup(a)
        de.close()
        a.close()


class ModelePostgreSQL(Copie):
    """Une base modèle : Django crée les bases de test d'après elle."""

    def __init__(self):
        self._debut = f"test_{settings.DATABASES['default']['NAME']}_modele_"
        self.nom = f"{self._debut}{_empreinte(django.__version__)}"

    def _poser(self) -> bool:
        with self._serveur() as curseur:
            curseur.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.nom])
            trouve = curseur.fetchone() is not None
        if trouve:
            connection.settings_dict["TEST"]["TEMPLATE"] = self.nom
        return trouve

    def _garder(self) -> None:
        """À la place du modèle des migrations d'avant."""
        migree = connection.settings_dict["NAME"]
        connection.close()
        with self._serveur() as curseur:
            curseur.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self._debut])
            for (ancien,) in curseur.fetchall():
                curseur.execute(f'DROP DATABASE "{ancien}"')
            curseur.execute(f'CREATE DATABASE "{self.nom}" TEMPLATE "{migree}"')

    @staticmethod
    def _serveur():
        """Hors de toute base de test : PostgreSQL ne copie ni n'efface une base ouverte."""
        return connection._nodb_cursor()


def copie_migree() -> Copie:
    return CopieSQLite() if connection.vendor == "sqlite" else ModelePostgreSQL()


def _empreinte(moteur: str) -> str:
    """Celle des migrations, et de qui les joue."""
    empreinte = hashlib.sha256(f"{django.__version__} {moteur}".encode())
    for fichier in sorted(RACINE.glob("*/migrations/*.py")):
        empreinte.update(fichier.name.encode() + fichier.read_bytes())
    return empreinte.hexdigest()[:20]
