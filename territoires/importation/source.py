"""Lire un fichier reçu sans lui faire confiance : tailles bornées, archive lue au fil de l'eau, jamais dépliée sur le disque."""

import gzip
import json
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import IO

from django.core.files import File

from territoires.importation.rapport import ImportRefuse

MO = 1024 * 1024
# Le paquet 6.0.0 pèse 1 Mo comprimé, 12,4 Mo déplié ; le GeoJSON national des quartiers, une quinzaine.
JSON_MAX = 64 * MO
ARCHIVE_DEPLIEE_MAX = 192 * MO
MAGIE_GZIP = b"\x1f\x8b"
# Déposé à l'écran : une page sert pendant ce temps. Le fichier national tient dans ces bornes, une fois comprimé s'il le faut.
FICHIER_MAX = 16 * MO
DEPOSE_DEPLIE_MAX = 32 * MO


def lire_json(chemin: Path) -> object:
    """Le contenu d'un fichier JSON ; lève `ImportRefuse` s'il manque, s'il est trop gros ou illisible."""
    return decoder(lire_octets(chemin), chemin.name)


def lire_octets(chemin: Path) -> bytes:
    """Le contenu d'un fichier ; lève `ImportRefuse` s'il manque ou s'il est trop gros."""
    try:
        if chemin.is_dir():
            raise ImportRefuse(f"« {chemin.name} » est un dossier, il faut un fichier.")
        with chemin.open("rb") as fichier:
            return _borner(fichier.read(JSON_MAX + 1), chemin.name)
    except OSError as erreur:
        raise ImportRefuse(_motif_systeme(chemin, erreur)) from erreur


def _borner(octets: bytes, nom: str) -> bytes:
    if len(octets) > JSON_MAX:
        raise ImportRefuse(f"« {nom} » dépasse {JSON_MAX // MO} Mo : ce n'est pas le fichier attendu.")
    return octets


def decoder(octets: bytes, nom: str) -> object:
    _borner(octets, nom)
    try:
        return json.loads(octets)
    except RecursionError as erreur:
        raise ImportRefuse(f"« {nom} » n'est pas un JSON lisible (imbrication démesurée).") from erreur
    except ValueError as erreur:
        raise ImportRefuse(f"« {nom} » n'est pas un JSON lisible (tronqué, ou d'un autre format).") from erreur


def lire_geojson_depose(fichier: File, nom: str) -> object:
    """Le contenu d'un GeoJSON déposé à l'écran, seul ou dans une archive .zip ; le contenu dit lequel. Lève `ImportRefuse`."""
    archive = fichier.read(4) == b"PK\x03\x04"
    fichier.seek(0)
    octets = _seul_geojson(fichier, nom) if archive else fichier.read(DEPOSE_DEPLIE_MAX + 1)
    if len(octets) > DEPOSE_DEPLIE_MAX:
        raise ImportRefuse(
            f"« {nom} » dépasse {DEPOSE_DEPLIE_MAX // MO} Mo une fois déplié : gardez-en votre département."
        )
    return decoder(octets, nom)


def _seul_geojson(fichier: File, nom: str) -> bytes:
    try:
        with zipfile.ZipFile(fichier) as archive:
            noms = [m.filename for m in archive.infolist() if m.filename.lower().endswith((".geojson", ".json"))]
            if len(noms) != 1:
                combien = "aucun fichier .geojson" if not noms else f"{len(noms)} fichiers .geojson"
                raise ImportRefuse(
                    f"« {nom} » contient {combien} : il en faut un, et un seul. Un « shapefile » (.shp) ne se lit pas ici : "
                    "prenez la version GeoJSON en WGS84."
                )
            with archive.open(noms[0]) as membre:
                return membre.read(DEPOSE_DEPLIE_MAX + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as erreur:
        raise ImportRefuse(f"« {nom} » n'est pas une archive .zip lisible.") from erreur


def lire_paquet(chemin: Path, noms: tuple[str, ...]) -> dict[str, object]:
    """{nom: JSON} des fichiers de données d'un paquet npm : archive .tgz, dossier déplié, ou son dossier `data`."""
    try:
        if chemin.is_dir():
            return _lire_dossier(chemin, noms)
        return _lire_archive(chemin, noms)
    except OSError as erreur:
        raise ImportRefuse(_motif_systeme(chemin, erreur)) from erreur


def _lire_dossier(chemin: Path, noms: tuple[str, ...]) -> dict[str, object]:
    for dossier in (chemin, chemin / "data", chemin / "package" / "data"):
        if all((dossier / nom).is_file() for nom in noms):
            return {nom: lire_json(dossier / nom) for nom in noms}
    raise ImportRefuse(_motif_absents(chemin, noms))


def _lire_archive(chemin: Path, noms: tuple[str, ...]) -> dict[str, object]:
    trouves: dict[str, object] = {}
    try:
        with chemin.open("rb") as brut:
            comprime = brut.read(2) == MAGIE_GZIP
            brut.seek(0)
            flux = _FluxBorne(gzip.open(brut) if comprime else brut)  # noqa: SIM115  (fermé avec l'archive)
            with tarfile.open(fileobj=flux, mode="r|") as archive:  # type: ignore[call-overload]  # un flux qui ne fait que lire
                for membre in archive:
                    nom = membre.name.removeprefix("./").removeprefix("package/data/")
                    if nom in noms and membre.isfile():
                        trouves[nom] = decoder(_contenu(archive, membre), nom)
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as erreur:
        raise ImportRefuse(
            f"« {chemin.name} » n'est pas une archive npm lisible (.tgz) : fichier tronqué, ou d'un autre format."
        ) from erreur
    if manquants := tuple(nom for nom in noms if nom not in trouves):
        raise ImportRefuse(_motif_absents(chemin, manquants))
    return trouves


def _contenu(archive: tarfile.TarFile, membre: tarfile.TarInfo) -> bytes:
    fichier = archive.extractfile(membre)
    return fichier.read(JSON_MAX + 1) if fichier else b""


class _FluxBorne:
    """Un flux qui s'arrête avant la bombe : la taille dépliée se compte en lisant, pas en croyant l'en-tête."""

    def __init__(self, flux: IO[bytes] | gzip.GzipFile):
        self._flux = flux
        self._lus = 0

    def read(self, taille: int = -1) -> bytes:
        octets = self._flux.read(taille)
        self._lus += len(octets)
        if self._lus > ARCHIVE_DEPLIEE_MAX:
            raise ImportRefuse(f"L'archive dépasse {ARCHIVE_DEPLIEE_MAX // MO} Mo une fois dépliée : elle est refusée.")
        return octets


def _motif_absents(chemin: Path, noms: tuple[str, ...]) -> str:
    return (
        f"« {chemin.name} » ne contient pas {' ni '.join(noms)}. Attendu : l'archive npm "
        "@etalab/decoupage-administratif (.tgz), son dossier déplié, ou son dossier data."
    )


def _motif_systeme(chemin: Path, erreur: OSError) -> str:
    if isinstance(erreur, FileNotFoundError):
        return f"Fichier introuvable : {chemin}."
    if isinstance(erreur, PermissionError):
        return f"« {chemin} » n'est pas lisible du compte du service : copiez-le dans /tmp, lisible de tous."
    return f"« {chemin.name} » ne se lit pas : {erreur.strerror or 'erreur de lecture'}."
