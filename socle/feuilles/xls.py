"""Un classeur d'avant 2007 (.xls). Son lecteur garde chaque cellule à part : une feuille trouée ne coûte pas ses trous."""

import datetime
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import xlrd

from socle.feuilles.archive import CHIFFRE, PAS_UN_CLASSEUR, TRONQUE, ClasseurRefuse
from socle.feuilles.feuille import Feuille, Rangees
from socle.feuilles.releve import ERREUR, Anomalie, Fusion, Releve, verifier_bornes

SECONDES_PAR_JOUR = 24 * 3600
_FLUX_CHIFFRE = "EncryptedPackage".encode("utf-16-le")
_FLUX_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_SANS_CLASSEUR = "Can't find workbook"


def lire(chemin: Path) -> list[Feuille]:
    """Ses feuilles, toutes lues ; lève `ClasseurRefuse` avec la raison."""
    octets = chemin.read_bytes()
    if _FLUX_CHIFFRE in octets:
        raise ClasseurRefuse(CHIFFRE)
    if _FLUX_MACROS in octets:
        raise ClasseurRefuse("Ce classeur contient des macros. Enregistrez-le au format « Classeur Excel (.xlsx) ».")
    try:
        classeur = xlrd.open_workbook(file_contents=octets, formatting_info=True, ragged_rows=True, logfile=_Muet())
    except xlrd.XLRDError as erreur:
        dit = str(erreur)
        raise ClasseurRefuse(
            CHIFFRE if "encrypted" in dit else PAS_UN_CLASSEUR if _SANS_CLASSEUR in dit else TRONQUE
        ) from erreur
    except Exception as erreur:  # un fichier abîmé s'y dit de cent façons : index, nombre, décodage, mémoire du format
        raise ClasseurRefuse(TRONQUE) from erreur
    return [
        Feuille(
            feuille.name,
            partial(_relever, feuille),
            partial(_rangees, classeur, feuille),
            bool(feuille.visibility),
        )
        for feuille in classeur.sheets()
    ]


class _Muet:
    """Ce que le lecteur raconterait d'un fichier mal fait."""

    def write(self, texte: str) -> None: ...

    def flush(self) -> None: ...


def _relever(feuille: xlrd.sheet.Sheet) -> Releve:
    verifier_bornes(feuille.name, feuille.nrows, max(map(_largeur, _types(feuille)), default=0))
    releve = Releve(
        fusions=[Fusion(haut + 1, gauche + 1, bas, droite) for haut, bas, gauche, droite in feuille.merged_cells]
    )
    for ligne, types in enumerate(_types(feuille), start=1):
        for colonne, genre in enumerate(types, start=1):
            if genre == xlrd.XL_CELL_ERROR:
                code = feuille.cell_value(ligne - 1, colonne - 1)
                releve.anomalies[ligne][colonne] = Anomalie(ERREUR, xlrd.error_text_from_code.get(code, ""))
    return releve


def _types(feuille: xlrd.sheet.Sheet) -> Iterator[Any]:
    return (feuille.row_types(ligne) for ligne in range(feuille.nrows))


def _largeur(types: Any) -> int:
    """La dernière cellule remplie : une cellule vide mise en forme ne compte pas."""
    vides = (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)
    return next((rang for rang in range(len(types), 0, -1) if types[rang - 1] not in vides), 0)


def _rangees(classeur: xlrd.Book, feuille: xlrd.sheet.Sheet) -> Rangees:
    largeur = max(map(_largeur, _types(feuille)), default=0)

    def parcourir() -> Iterator[list[Any]]:
        for ligne in range(feuille.nrows):
            lues = [_valeur(classeur, cellule) for cellule in feuille.row(ligne)[:largeur]]
            yield lues + [""] * (largeur - len(lues))

    return Rangees(parcourir, feuille.nrows)


def _valeur(classeur: xlrd.Book, cellule: xlrd.sheet.Cell) -> Any:
    """La valeur comme les autres formats la rendent."""
    if cellule.ctype == xlrd.XL_CELL_DATE:
        motif = classeur.format_map[classeur.xf_list[cellule.xf_index].format_key].format_str
        return _instant(cellule.value, classeur.datemode, est_une_duree="[h" in motif.lower())
    if cellule.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cellule.value)
    return cellule.value if cellule.ctype in (xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER) else ""


def _instant(jours: float, epoque: int, *, est_une_duree: bool) -> Any:
    """Une date, un instant ou une durée ; le nombre s'il n'est rien de tel."""
    try:
        if est_une_duree or 0 <= jours < 1:
            return datetime.timedelta(seconds=round(jours * SECONDES_PAR_JOUR))
        instant = xlrd.xldate_as_datetime(jours, epoque)
    except (xlrd.XLDateError, OverflowError, ValueError):
        return jours
    return instant.date() if instant.time() == datetime.time() else instant
