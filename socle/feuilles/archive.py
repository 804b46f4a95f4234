"""Regarder un classeur déposé avant de l'ouvrir : un vrai XLSX ou ODS, entier, sans mot de passe, d'une taille raisonnable.

L'un et l'autre sont une archive zip de fichiers XML. Tout est lu au fil de l'eau, jamais déplié en mémoire ni sur disque.
"""

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from xml.parsers import expat

from socle.programmes import est_une_macro

MO = 1024 * 1024
# 250 000 lignes d'heures se déplient en 35 Mo de XML ; au-delà de ces bornes, ce n'est plus un classeur tapé à la main.
TAILLE_DEPLIEE_MAX = 150 * MO
PARTIES_MAX = 1000
# Un grand tableau de nombres se comprime de 10 à 20 fois, rarement 60 ; une bombe de décompression, de 1 000.
COMPRESSION_MAX = 200
COMPRESSION_SURVEILLEE_DES = 10 * MO

_TYPE_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
CONTENU_ODS = "content.xml"
_BLOC = 256 * 1024

PAS_UN_CLASSEUR = "Ce fichier n'est pas un classeur, ni un CSV. Enregistrez-le au format « Classeur Excel (.xlsx) »."
TRONQUE = (
    "Ce classeur est incomplet ou abîmé : il a sans doute été mal copié. Enregistrez-le de nouveau, puis renvoyez-le."
)
CHIFFRE = "Ce classeur est protégé par un mot de passe. Enlevez la protection, enregistrez-le, puis renvoyez-le."
TROP_GROS = (
    "Une fois déplié, ce classeur serait démesuré : il n'est pas ouvert. Gardez-y les seules feuilles de la reprise."
)


class ClasseurRefuse(Exception):
    """Le fichier ne peut pas être lu du tout ; `motif` se montre tel quel."""

    def __init__(self, motif: str):
        super().__init__(motif)
        self.motif = motif


def local(nom: str) -> str:
    """« x:sheet » → « sheet » : le préfixe d'un espace de noms change d'un tableur à l'autre."""
    return nom.rpartition(":")[2]


class Archive:
    """Un classeur contrôlé : de quoi lire le XML de ses parties et, d'un XLSX, ses feuilles dans l'ordre."""

    def __init__(self, fichier: zipfile.ZipFile):
        self._zip = fichier
        self.est_un_ods = _type_annonce(fichier) == _TYPE_ODS
        self.feuilles: dict[str, str] = {}
        self.masquees: set[str] = set()

    def blocs(self, partie: str) -> Iterator[bytes]:
        try:
            with self._zip.open(partie) as flux:
                while bloc := flux.read(_BLOC):
                    yield bloc
        except KeyError as erreur:
            raise ClasseurRefuse(TRONQUE) from erreur

    def parcourir(self, partie: str, debut: Callable[[str, dict], None], analyseur=None) -> None:
        """Passe le XML d'une partie à expat ; `debut(element, attributs)` reçoit chaque élément."""
        analyseur = analyseur or expat.ParserCreate()
        analyseur.StartElementHandler = debut
        analyseur.StartDoctypeDeclHandler = _refuser_les_entites
        try:
            for bloc in self.blocs(partie):
                analyseur.Parse(bloc, False)
            analyseur.Parse(b"", True)
        except expat.ExpatError as erreur:
            raise ClasseurRefuse(TRONQUE) from erreur


def _type_annonce(fichier: zipfile.ZipFile) -> bytes:
    """Un document ODF dit ce qu'il est dans sa partie « mimetype », jamais comprimée ; un XLSX n'en a pas."""
    try:
        with fichier.open("mimetype") as flux:
            return flux.read(len(_TYPE_ODS) + 1).strip()
    except (KeyError, RuntimeError):
        return b""


def _refuser_les_entites(*_) -> None:
    raise ClasseurRefuse("Ce classeur contient du XML que les tableurs n'écrivent jamais : il n'est pas ouvert.")


@contextmanager
def ouvrir(chemin: Path) -> Iterator[Archive]:
    """L'archive contrôlée d'un classeur ; lève `ClasseurRefuse` avec la raison."""
    try:
        with zipfile.ZipFile(chemin) as fichier:
            archive = Archive(fichier)
            _verifier_parties(fichier, archive.est_un_ods)
            if not archive.est_un_ods:
                _lister_les_feuilles(archive)
            yield archive
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as erreur:
        raise ClasseurRefuse(TRONQUE) from erreur


def _verifier_parties(fichier: zipfile.ZipFile, est_un_ods: bool) -> None:
    parties = fichier.infolist()
    noms = {partie.filename for partie in parties}
    if any(partie.flag_bits & 1 for partie in parties):
        raise ClasseurRefuse(CHIFFRE)
    if (CONTENU_ODS if est_un_ods else "xl/workbook.xml") not in noms:
        raise ClasseurRefuse(PAS_UN_CLASSEUR)
    if any(est_une_macro(nom) for nom in noms):
        raise ClasseurRefuse("Ce classeur contient des macros. Enregistrez-le au format « Classeur Excel (.xlsx) ».")
    if len(parties) > PARTIES_MAX or sum(partie.file_size for partie in parties) > TAILLE_DEPLIEE_MAX:
        raise ClasseurRefuse(TROP_GROS)
    if any(_est_une_bombe(partie) for partie in parties):
        raise ClasseurRefuse(TROP_GROS)
    for partie in parties:
        _verifier_taille(fichier, partie)


def _verifier_taille(fichier: zipfile.ZipFile, partie: zipfile.ZipInfo) -> None:
    """La taille annoncée peut mentir : la partie est lue en entier, un octet de plus que l'annonce suffit à la refuser."""
    mesuree = copy(partie)
    mesuree.file_size = partie.file_size + 1
    lus = 0
    with fichier.open(mesuree) as flux:
        while bloc := flux.read(_BLOC):
            lus += len(bloc)
    if lus != partie.file_size:
        raise ClasseurRefuse(TROP_GROS if lus > partie.file_size else TRONQUE)


def _est_une_bombe(partie: zipfile.ZipInfo) -> bool:
    return partie.file_size > COMPRESSION_SURVEILLEE_DES and partie.file_size > COMPRESSION_MAX * max(
        partie.compress_size, 1
    )


def _lister_les_feuilles(archive: Archive) -> None:
    cibles: dict[str, str] = {}
    feuilles: list[tuple[str, str]] = []

    def relation(nom: str, attributs: dict) -> None:
        if local(nom) == "Relationship":
            cibles[attributs.get("Id", "")] = attributs.get("Target", "")

    def feuille(nom: str, attributs: dict) -> None:
        if local(nom) == "sheet":
            relation_id = next((valeur for cle, valeur in attributs.items() if local(cle) == "id"), "")
            feuilles.append((attributs.get("name", ""), relation_id))
            if attributs.get("state", "visible") != "visible":
                archive.masquees.add(attributs.get("name", ""))

    archive.parcourir("xl/_rels/workbook.xml.rels", relation)
    archive.parcourir("xl/workbook.xml", feuille)
    for nom, cle in feuilles:
        cible = cibles.get(cle, "")
        archive.feuilles[nom] = cible.lstrip("/") if cible.startswith("/") else posixpath.normpath(f"xl/{cible}")
