"""Un programme caché dans un document de bureautique : macro, script, modèle lointain. Le contenu le dit, jamais le nom seul."""

import io
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
LU_MAX = 20 * 1024 * 1024  # d'une partie : au-delà, ce n'est plus un texte ni une table de liens
PROFONDEUR_MAX = 3
DEPLIE_MAX = (
    200 * 1024 * 1024
)  # zipfile ne lit jamais plus que la taille annoncée : la somme des annonces borne le travail

MACROS = "Ce document contient des macros : enregistrez-le sans elles (.docx, .xlsx, .odt, .ods) ou en PDF, puis renvoyez-le."
OBJET = (
    "Ce document contient un objet incorporé qui peut porter un programme : enregistrez-le en PDF, puis renvoyez-le."
)
LOINTAIN = (
    "Ce document va chercher une partie de son contenu sur un autre ordinateur (modèle ou objet lié) : enregistrez-le en PDF, "
    "puis renvoyez-le."
)
DEMESURE = "Une fois déplié, ce document serait démesuré : enregistrez-le en PDF, puis renvoyez-le."
ABIME = "Ce document est abîmé ou protégé par un mot de passe : enregistrez-le de nouveau, puis renvoyez-le."

_PARTIE_DE_MACRO = re.compile(r"(^|/)(vbaproject|vbadata|macrosheets|activex)|^(basic|scripts)/", re.IGNORECASE)
_MACRO_DITE = re.compile(rb"macroEnabled|vnd\.ms-office\.vbaProject|intlmacrosheet", re.IGNORECASE)
# ODF : un événement qui appelle un script. Word : un champ DDE, qui lance un programme. Excel : un lien DDE.
_SCRIPT = re.compile(
    rb"vnd\.sun\.star\.script:|<(?:\w+:)?event-listener\b[^>]*script|<(?:\w+:)?script\b|"
    rb"instrText[^>]*>\s*\"?\s*DDE|w:instr\s*=\s*\"\s*DDE|<(?:\w+:)?ddeLink\b",
    re.IGNORECASE,
)
_LIEN = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_LIEN_QUI_CHARGE = re.compile(rb"/(attachedTemplate|frame|subDocument|oleObject|package|image|aFChunk)[\"']")
_CIBLE = re.compile(rb"""\bTarget\s*=\s*["']([^"']*)["']""")
_MODELE_ODF = re.compile(rb"""<meta:template\b[^>]*xlink:href\s*=\s*["']([^"']*)["']""")
_AILLEURS = re.compile(
    r"^\s*(https?|ftps?|smb|dav|mhtml|ldap|file:/{2}[^/]|file:/*\\|file:/{4,}|[\\/]{2})", re.IGNORECASE
)
_TABLES = ("[content_types].xml", "manifest.xml", ".rels")


def refus(fichier: zipfile.ZipFile, profondeur: int = 0) -> str:
    """Pourquoi cette archive de bureautique est refusée ; vide si rien n'y agit."""
    parties = fichier.infolist()
    if sum(partie.file_size for partie in parties) > DEPLIE_MAX:
        return DEMESURE
    try:
        return next(filter(None, (_refus_de(fichier, partie, profondeur) for partie in parties)), "")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return ABIME


def est_une_macro(nom: str) -> bool:
    """Une partie que seuls écrivent une macro, un contrôle ActiveX ou un script, quelle que soit sa casse."""
    return bool(_PARTIE_DE_MACRO.search(nom.replace("\\", "/").lstrip("/")))


def _refus_de(fichier: zipfile.ZipFile, partie: zipfile.ZipInfo, profondeur: int) -> str:
    if est_une_macro(partie.filename):
        return MACROS
    with fichier.open(partie) as flux:
        debut = flux.read(len(OLE))
        if debut == OLE:
            return OBJET
        if debut.startswith(ZIP):
            return _refus_d_un_incorpore(debut + flux.read(LU_MAX), profondeur + 1)
        nom = partie.filename.lower()
        if nom.endswith((".xml", ".rels")):
            return _refus_d_un_texte(debut + flux.read(LU_MAX), est_une_table=nom.endswith(_TABLES))
    return ""


def _refus_d_un_incorpore(contenu: bytes, profondeur: int) -> str:
    """Un classeur dans un document : le même contrôle, sans descendre sans fin."""
    if profondeur > PROFONDEUR_MAX or len(contenu) > LU_MAX:
        return OBJET
    with zipfile.ZipFile(io.BytesIO(contenu)) as interieur:
        return refus(interieur, profondeur)


def _refus_d_un_texte(contenu: bytes, *, est_une_table: bool) -> str:
    if contenu.startswith((b"\xff\xfe", b"\xfe\xff")):
        contenu = contenu.decode("utf-16", "replace").encode()
    if _SCRIPT.search(contenu) or (est_une_table and _MACRO_DITE.search(contenu)):
        return MACROS
    return LOINTAIN if any(_est_ailleurs(cible) for cible in _cibles(contenu)) else ""


def _cibles(contenu: bytes) -> Iterator[bytes]:
    """Ce que le document charge de lui-même. Un lien à suivre n'en est pas."""
    yield from _MODELE_ODF.findall(contenu)
    for lien in _LIEN.findall(contenu):
        if b"External" in lien and _LIEN_QUI_CHARGE.search(lien):
            yield from _CIBLE.findall(lien)


def _est_ailleurs(cible: bytes) -> bool:
    return bool(_AILLEURS.match(unquote(cible.decode("utf-8", "replace"))))
