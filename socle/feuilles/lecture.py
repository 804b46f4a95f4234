"""Ouvrir un fichier déposé : reconnaître son format à son contenu, contrôler qu'il est sans danger, rendre ses feuilles."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from socle.feuilles import archive, ods, separees, xls
from socle.feuilles.archive import CHIFFRE, TRONQUE, Archive, ClasseurRefuse
from socle.feuilles.feuille import Feuille, Rangees
from socle.feuilles.releve import relever

SIGNATURE_ZIP = b"PK\x03\x04"
SIGNATURE_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Format(StrEnum):
    XLSX = "xlsx"
    ODS = "ods"
    XLS = "xls"
    CSV = "csv"


@dataclass(slots=True)
class Lecture:
    """Un fichier ouvert : ce qu'il est, et ses feuilles dans leur ordre."""

    format: Format
    feuilles: list[Feuille]


@contextmanager
def ouvrir(chemin: Path, est_un_titre: Callable[[str], bool] = lambda _: False) -> Iterator[Lecture]:
    """Les feuilles du fichier, à lire dans le `with` ; lève `ClasseurRefuse` avec la raison s'il ne peut pas l'être.

    `est_un_titre` aide un CSV : le séparateur et l'encodage sont ceux sous lesquels ses en-têtes se reconnaissent.
    """
    with chemin.open("rb") as flux:
        debut = flux.read(8)
    if debut.startswith(SIGNATURE_ZIP):
        with archive.ouvrir(chemin) as ouverte, _calamine(chemin) as brut:
            yield _de_l_archive(ouverte, brut)
    elif debut == SIGNATURE_OLE:
        yield Lecture(Format.XLS, xls.lire(chemin))
    else:
        yield Lecture(Format.CSV, [separees.lire(chemin, est_un_titre)])


@contextmanager
def _calamine(chemin: Path) -> Iterator[Callable[[], CalamineWorkbook]]:
    """De quoi ouvrir le classeur, une fois contrôlé ; ce que le lecteur ne comprend pas est un classeur abîmé."""
    ouverts: list[CalamineWorkbook] = []
    with chemin.open("rb") as flux:

        def ouvrir_une_fois() -> CalamineWorkbook:
            if not ouverts:
                ouverts.append(CalamineWorkbook.from_filelike(flux))
            return ouverts[0]

        try:
            yield ouvrir_une_fois
        except PasswordError as erreur:
            raise ClasseurRefuse(CHIFFRE) from erreur
        except (CalamineError, OSError) as erreur:
            raise ClasseurRefuse(TRONQUE) from erreur
        finally:
            for ouvert in ouverts:
                ouvert.close()


def _de_l_archive(ouverte: Archive, brut: Callable[[], CalamineWorkbook]) -> Lecture:
    if ouverte.est_un_ods:
        releves = ods.relever(ouverte)  # le lecteur range toutes les feuilles d'un coup : leurs bornes, toutes, d'abord
        masquees = {f.name for f in brut().sheets_metadata if f.visible != SheetVisibleEnum.Visible}
        return Lecture(
            Format.ODS,
            [
                Feuille(
                    nom, partial(releves.__getitem__, nom), partial(_rangees, brut, nom, ods.valeur), nom in masquees
                )
                for nom in releves
            ],
        )
    return Lecture(
        Format.XLSX,
        [
            Feuille(nom, partial(relever, ouverte, nom), partial(_rangees, brut, nom), nom in ouverte.masquees)
            for nom in ouverte.feuilles
        ],
    )


def _rangees(brut: Callable[[], CalamineWorkbook], nom: str, valeur: Callable[[Any], Any] | None = None) -> Rangees:
    """Le lecteur ne rend pas les colonnes vides de gauche ; `valeur` finit de lire une cellule."""
    feuille = brut().get_sheet_by_name(nom)
    marge: list[Any] = [""] * (feuille.start[1] if feuille.start else 0)

    def parcourir() -> Iterator[list[Any]]:
        for rangee in feuille.iter_rows():
            yield marge + ([valeur(cellule) for cellule in rangee] if valeur else rangee)

    return Rangees(parcourir, feuille.end[0] + 1 if feuille.end else 0)
