"""Reconnaître ce qu'on nous dépose : le contenu dit le format, le nom ne fait que le confirmer."""

import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO

import puremagic
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import get_valid_filename

from socle.pdf_depose import desarmer
from socle.programmes import refus

TAILLE_MAXIMUM = 10 * 1024 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
DOSSIER_OFFICE = {"docx": "word/", "xlsx": "xl/"}
LISTE = "PDF, Word, Excel, LibreOffice, PNG ou JPEG"
PAPIERS = {extension: FORMATS[extension] for extension in ("pdf", "jpg", "jpeg", "png")}  # numérisés ou photographiés


def reconnaitre(fichier: Any, nom: str, formats: Mapping[str, str] = FORMATS, liste: str = LISTE) -> str:
    """Le type MIME d'un fichier permis ; lève `ValidationError` s'il n'est pas ce que son nom annonce, ou deux à la fois."""
    extension = PurePath(nom).suffix.lower().removeprefix(".")
    if extension not in formats:
        raise ValidationError(f"Ce format n'est pas accepté : déposez un fichier {liste}.")
    debut = fichier.read(4096)
    fichier.seek(0)
    attendu = formats[extension]
    archive = debut.startswith(b"PK\x03\x04")
    vrai = _type_office(fichier, extension) if archive else _type_magique(debut)
    if vrai != attendu or (not archive and zipfile.is_zipfile(fichier)):
        raise ValidationError("Le contenu de ce fichier n'est pas celui que son nom annonce.")
    if archive:
        _refuser_les_programmes(fichier)
    fichier.seek(0)
    return attendu


@dataclass(frozen=True, slots=True)
class Recu:
    """Un fichier déposé, tel qu'on le garde : reconnu, sans rien qui agisse."""

    type_mime: str
    contenu: File
    taille: int
    empreinte: str


def recevoir(
    fichier: UploadedFile, nom: str, formats: Mapping[str, str] = FORMATS, liste: str = LISTE, champ: str = "fichier"
) -> Recu:
    """La seule porte des fichiers gardés pour d'autres. Un refus se dit à côté de `champ`."""
    try:
        type_mime = reconnaitre(fichier, nom, formats, liste)
        if type_mime == FORMATS["pdf"]:
            octets = desarmer(fichier.read())
            return Recu(type_mime, ContentFile(octets), len(octets), hashlib.sha256(octets).hexdigest())
    except ValidationError as refus:
        raise ValidationError({champ: refus.messages}) from refus
    empreinte = hashlib.file_digest(fichier, "sha256").hexdigest()
    fichier.seek(0)
    return Recu(type_mime, fichier, fichier.size or 0, empreinte)


def _refuser_les_programmes(fichier: BinaryIO) -> None:
    with zipfile.ZipFile(fichier) as archive:
        if motif := refus(archive):
            raise ValidationError(motif)


def _type_magique(debut: bytes) -> str:
    if debut.startswith(b"%PDF-"):
        return FORMATS["pdf"]
    try:
        return puremagic.from_string(debut, mime=True)
    except (puremagic.PureError, ValueError):
        return ""


def _type_office(fichier: BinaryIO, extension: str) -> str:
    """Une archive de bureautique : sa table de contenu, jamais ses données, dit ce qu'elle est."""
    try:
        with zipfile.ZipFile(fichier) as archive:
            noms = archive.namelist()
            if "mimetype" in noms and archive.getinfo("mimetype").file_size < 200:
                return archive.read("mimetype").decode("ascii", "replace").strip()
            dossier = DOSSIER_OFFICE.get(extension)
            complet = dossier and "[Content_Types].xml" in noms and any(n.startswith(dossier) for n in noms)
            return FORMATS[extension] if complet else ""
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError):
        return ""


def nom_propre(nom: str) -> str:
    """Le nom de fichier seul, sans chemin ni caractère de contrôle, borné."""
    seul = PurePath(nom.replace("\\", "/")).name
    imprimable = "".join(c for c in seul if c.isprintable())
    return get_valid_filename(imprimable or "piece")[-150:]
