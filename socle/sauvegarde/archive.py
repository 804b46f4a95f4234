"""L'archive : un tar compressé qui s'écrit et se lit en un passage, chiffré pour une clé publique age s'il y en a une.

Le dernier membre, le manifeste, porte l'empreinte de chacun des autres : coupée, abîmée ou retouchée, elle se refuse.
Rien ne passe en clair sur le disque : entre le tar et le chiffrement, il n'y a qu'un tube.
"""

import hashlib
import io
import json
import os
import tarfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import pyrage

MANIFESTE = "manifeste.json"
FORMAT = 1
ENTETE_AGE = b"age-encryption.org/"


class ArchiveRefusee(Exception):
    """Coupée, abîmée, ou illisible avec la clé donnée."""


class Redaction:
    """Une archive en cours d'écriture : ses pièces, leurs empreintes."""

    def __init__(self, tar: tarfile.TarFile):
        self._tar = tar
        self._sommes: dict[str, str] = {}

    def ajouter(self, nom: str, contenu: bytes) -> None:
        self._poser(nom, len(contenu), io.BytesIO(contenu))

    def ajouter_fichier(self, nom: str, fichier: IO[bytes], taille: int) -> None:
        self._poser(nom, taille, fichier)

    def conclure(self, manifeste: dict[str, Any]) -> None:
        entier = {"format": FORMAT, **manifeste, "sommes": self._sommes}
        self._poser(MANIFESTE, len(texte := json.dumps(entier, ensure_ascii=False).encode()), io.BytesIO(texte))

    def _poser(self, nom: str, taille: int, fichier: IO[bytes]) -> None:
        entree = tarfile.TarInfo(nom)
        entree.size, entree.mode, entree.mtime = taille, 0o600, int(time.time())
        mesure = _Mesure(fichier)
        self._tar.addfile(entree, mesure)
        self._sommes[nom] = mesure.somme


class _Mesure(io.RawIOBase):
    """Un flux dont l'empreinte se calcule pendant qu'on le lit."""

    def __init__(self, flux: IO[bytes]):
        self._flux, self._empreinte = flux, hashlib.sha256()

    def read(self, taille: int = -1) -> bytes:
        lu = self._flux.read(taille)
        self._empreinte.update(lu)
        return lu

    @property
    def somme(self) -> str:
        return self._empreinte.hexdigest()


class _Ecoute:
    """Ce qu'on lit d'une archive : ses membres dans l'ordre, puis son manifeste, une fois les empreintes comparées."""

    def __init__(self, tar: tarfile.TarFile):
        self._tar = tar
        self.manifeste: dict[str, Any] = {}

    def __iter__(self) -> Iterator[tuple[str, IO[bytes]]]:
        sommes: dict[str, str] = {}
        for entree in self._tar:
            brut = self._tar.extractfile(entree)
            if brut is None:
                raise ArchiveRefusee(f"« {entree.name} » n'est pas un fichier.")
            if entree.name == MANIFESTE:
                self.manifeste = json.loads(brut.read())
                continue
            mesure: Any = _Mesure(brut)
            yield entree.name, mesure
            while mesure.read(1 << 20):
                pass
            sommes[entree.name] = mesure.somme
        self._comparer(sommes)

    def _comparer(self, sommes: dict[str, str]) -> None:
        if not self.manifeste:
            raise ArchiveRefusee("L'archive est coupée : son manifeste manque.")
        if self.manifeste["format"] != FORMAT:
            raise ArchiveRefusee("Ce format d'archive est inconnu de cette version.")
        if sommes != self.manifeste["sommes"]:
            raise ArchiveRefusee("L'archive est abîmée : une pièce n'a pas l'empreinte que dit le manifeste.")


@contextmanager
def ecrire(chemin: Path, destinataires: Sequence[Any]) -> Iterator[Redaction]:
    """Une archive neuve, lisible de son seul propriétaire ; chiffrée s'il y a des destinataires."""
    descripteur = os.open(chemin, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descripteur, "wb") as sortie:
        if destinataires:
            with _chiffre(sortie, destinataires) as clair, _tar_a_ecrire(clair) as tar:
                yield Redaction(tar)
        else:
            with _tar_a_ecrire(sortie) as tar:
                yield Redaction(tar)
        sortie.flush()
        os.fsync(sortie.fileno())


@contextmanager
def lire(chemin: Path, identites: Sequence[Any] = ()) -> Iterator[_Ecoute]:
    """L'archive, déchiffrée au besoin. Ce qu'on en lit n'est sûr qu'une fois lue jusqu'au bout."""
    try:
        with chemin.open("rb") as entree:
            if not est_chiffree(chemin):
                with tarfile.open(fileobj=entree, mode="r|gz") as tar:
                    yield _Ecoute(tar)
                return
            if not identites:
                raise ArchiveRefusee("Cette archive est chiffrée : donnez la clé privée (--identite FICHIER).")
            with _dechiffre(entree, identites) as clair, tarfile.open(fileobj=clair, mode="r|gz") as tar:
                yield _Ecoute(tar)
    except (tarfile.TarError, EOFError, OSError, ValueError, pyrage.DecryptError) as panne:
        if isinstance(panne, OSError) and panne.errno:  # le disque, pas l'archive
            raise
        raise ArchiveRefusee("L'archive est abîmée, ou la clé n'est pas la sienne.") from panne


def est_chiffree(chemin: Path) -> bool:
    with chemin.open("rb") as entree:
        return entree.read(len(ENTETE_AGE)) == ENTETE_AGE


def _tar_a_ecrire(sortie: IO[bytes]) -> tarfile.TarFile:
    return tarfile.open(fileobj=sortie, mode="w|gz", compresslevel=6, format=tarfile.PAX_FORMAT)


@contextmanager
def _chiffre(sortie: IO[bytes], destinataires: Sequence[Any]) -> Iterator[IO[bytes]]:
    """Un tube dont l'autre bout chiffre, dans un fil, vers `sortie` ; un disque plein reste un disque plein."""
    puits = _Puits(sortie)
    try:
        with _Tube(lambda lecture: pyrage.encrypt_io(lecture, puits, list(destinataires)), "r") as clair:
            yield clair
    except pyrage.EncryptError as refus:
        raise puits.panne or refus from refus


class _Puits:
    """Où le chiffrement écrit : il rend une panne du disque méconnaissable, on la retient."""

    def __init__(self, sortie: IO[bytes]):
        self._sortie = sortie
        self.panne: OSError | None = None

    def write(self, octets: bytes) -> int:
        try:
            return self._sortie.write(octets)
        except OSError as panne:
            self.panne = panne
            raise

    def flush(self) -> None:
        self._sortie.flush()


@contextmanager
def _dechiffre(entree: IO[bytes], identites: Sequence[Any]) -> Iterator[IO[bytes]]:
    with _Tube(lambda ecriture: pyrage.decrypt_io(entree, ecriture, list(identites)), "w") as clair:
        yield clair


class _Tube:
    """Un tube et le fil qui tient son autre bout ; ce que le fil a levé se relève ici."""

    def __init__(self, travail: Callable[[IO[bytes]], Any], bout_du_fil: str):
        lecture, ecriture = os.pipe()
        lu, ecrit = os.fdopen(lecture, "rb"), os.fdopen(ecriture, "wb")
        bouts: tuple[IO[bytes], IO[bytes]] = (lu, ecrit) if bout_du_fil == "r" else (ecrit, lu)
        self._bout, self._ici = bouts
        self._travail = travail
        self._panne: BaseException | None = None
        self._fil = threading.Thread(target=self._travailler, daemon=True)

    def _travailler(self) -> None:
        try:
            with self._bout:
                self._travail(self._bout)
        except BaseException as panne:
            self._panne = panne

    def __enter__(self) -> IO[bytes]:
        self._fil.start()
        return self._ici

    def __exit__(self, *erreur: object) -> None:
        with suppress(OSError):  # l'autre bout a pu s'arrêter le premier : c'est sa panne qui compte
            self._ici.close()
        self._fil.join()
        if self._panne is not None and not (isinstance(self._panne, OSError) and erreur[0] is not None):
            raise self._panne
