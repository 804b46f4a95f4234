"""Un fichier de valeurs séparées (CSV) : son encodage et son séparateur se devinent, jamais à l'aveugle.

Le lecteur de formats a besoin d'en-têtes : sous la bonne lecture, ils se reconnaissent, les lignes ont le même nombre de
colonnes, et les lettres sont celles du français.
"""

import codecs
import csv
import io
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from socle.feuilles.archive import PAS_UN_CLASSEUR, TRONQUE, ClasseurRefuse
from socle.feuilles.feuille import Feuille, Rangees
from socle.feuilles.releve import Releve, verifier_bornes

NOM = "Feuille 1"
SEPARATEURS = ";,\t|"
LIGNES_EXAMINEES = 20
DEBUT_EXAMINE = 16_384
ACCENTUEES = "éèêëàâçîïôùûœ"
ENCODAGES_D_AVANT = ("cp1252", "mac_roman", "cp850")  # Windows, Macintosh, DOS


def lire(chemin: Path, est_un_titre: Callable[[str], bool]) -> Feuille:
    """L'unique feuille du fichier ; lève `ClasseurRefuse` si ce n'est pas du texte."""
    lectures = itertools.product(_decodages(chemin.read_bytes()), SEPARATEURS)
    texte, separateur = max(lectures, key=lambda lecture: _vraisemblance(lecture[0], lecture[1], est_un_titre))
    return Feuille(NOM, Releve, partial(_rangees, texte, separateur))


def _rangees(texte: str, separateur: str) -> Rangees:
    nombre = largeur = 0
    for rangee in _parcourir(texte, separateur):
        nombre, largeur = nombre + 1, max(largeur, len(rangee))
        verifier_bornes(NOM, nombre, largeur)
    return Rangees(partial(_parcourir, texte, separateur), nombre)


def _parcourir(texte: str, separateur: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
    except csv.Error as erreur:
        raise ClasseurRefuse(TRONQUE) from erreur


def _decodages(octets: bytes) -> list[str]:
    """Le texte en UTF-8, ou en UTF-16 s'il l'annonce ; sinon dans les écritures d'avant, à départager."""
    if octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return [octets.decode("utf-16", errors="replace")]
    if b"\x00" in octets or octets.startswith(b"%PDF-"):
        raise ClasseurRefuse(PAS_UN_CLASSEUR)
    try:
        return [octets.decode("utf-8-sig")]
    except UnicodeDecodeError:
        return [octets.decode(encodage, errors="replace") for encodage in ENCODAGES_D_AVANT]


def _vraisemblance(texte: str, separateur: str, est_un_titre: Callable[[str], bool]) -> tuple[int, int, int]:
    """Les en-têtes reconnus de la meilleure ligne, puis le tableau qu'elles dessinent, puis les lettres du français."""
    debut = texte[:DEBUT_EXAMINE]
    rangees = csv.reader(io.StringIO(debut, newline=""), delimiter=separateur)
    try:
        lues = [rangee for rangee in itertools.islice(rangees, LIGNES_EXAMINEES) if any(rangee)]
    except csv.Error:
        lues = []
    reconnus = max((len({*filter(est_un_titre, rangee)}) for rangee in lues), default=0)
    return reconnus, _regularite(lues), sum(debut.count(lettre) for lettre in ACCENTUEES)


def _regularite(rangees: list[list[str]]) -> int:
    """Les cellules du plus grand tableau régulier ; une seule colonne n'en est pas un."""
    largeurs = Counter(len(rangee) for rangee in rangees)
    return max((nombre * largeur for largeur, nombre in largeurs.items() if largeur > 1), default=0)
