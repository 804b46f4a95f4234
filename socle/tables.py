"""Une liste se déclare une fois : ses colonnes servent au tableau, au tri et à l'export."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from socle.nombres import heures, mois_annee


class Genre(StrEnum):
    """La nature d'une colonne : elle décide de l'alignement, de l'écriture et du type de cellule exportée."""

    TEXTE = "texte"
    NOMBRE = "nombre"
    HEURES = "heures"
    EUROS = "euros"
    POURCENT = "pourcent"
    DATE = "date"
    MOIS = "mois"
    STATUT = "statut"
    JAUGE = "jauge"
    SUITE = "suite"


@dataclass(frozen=True, slots=True)
class Colonne:
    """Une colonne : `valeur(objet)` rend la donnée brute ; `tri` nomme le champ d'ordre ; `lien(objet)` une URL ou rien.

    `secondaire` : à l'export, et à l'écran de qui la demande (`socle.colonnes`).
    """

    titre: str
    valeur: Callable[[Any], Any]
    genre: Genre = Genre.TEXTE
    tri: str = ""
    lien: Callable[[Any], str] | None = None
    principale: bool = False
    secondaire: bool = False

    @property
    def numerique(self) -> bool:
        return self.genre in (Genre.NOMBRE, Genre.HEURES, Genre.EUROS, Genre.POURCENT)


@dataclass(frozen=True, slots=True)
class Cellule:
    colonne: Colonne
    valeur: Any
    lien: str
    coche: str = ""  # l'identifiant de la ligne, là où elle se coche


@dataclass(frozen=True, slots=True)
class Jauge:
    """Heures dues et faites d'un engagement ou d'un marché ; `attendues` à ce jour quand on sait le dire."""

    dues: Any
    faites: Any
    attendues: Any = None

    @property
    def reste(self) -> Any:
        return max(self.dues - self.faites, 0)

    @property
    def part(self) -> Any:
        """Part réalisée en pour cent, au-delà de 100 permis ; `None` si rien n'est dû."""
        return self.faites * 100 / self.dues if self.dues else None

    @property
    def terminee(self) -> bool:
        """Tout était attendu à ce jour : l'exécution est finie, il n'y a plus de retard à rattraper."""
        return self.attendues is not None and self.attendues >= self.dues

    @property
    def ton(self) -> str:
        if self.dues and self.faites >= self.dues:
            return "fait"
        if self.attendues is not None and self.faites < self.attendues:
            return "attention"
        return "info"


@dataclass(frozen=True, slots=True)
class Suite:
    """Des heures mois par mois, le dernier à droite : une petite courbe à l'écran, une phrase dans un export."""

    mois: tuple[datetime.date, ...]
    valeurs: tuple[Decimal, ...]

    def __str__(self) -> str:
        return ", ".join(f"{mois_annee(m)} : {heures(v)}" for m, v in zip(self.mois, self.valeurs, strict=True))


def lignes(objets: Iterable[Any], colonnes: list[Colonne], *, a_cocher: bool = False) -> list[list[Cellule]]:
    """Les cellules de chaque objet ; `a_cocher` : la principale porte une case."""
    return [[_cellule(objet, colonne, a_cocher) for colonne in colonnes] for objet in objets]


def _cellule(objet: Any, colonne: Colonne, a_cocher: bool) -> Cellule:
    lien = colonne.lien(objet) if colonne.lien else ""
    return Cellule(colonne, colonne.valeur(objet), lien, str(objet.uuid) if a_cocher and colonne.principale else "")


def sans_tri(colonnes: list[Colonne]) -> list[Colonne]:
    """Les mêmes colonnes dans une fiche ou un accueil : l'ordre y est donné, les en-têtes n'y trient pas."""
    return [replace(colonne, tri="") for colonne in colonnes]
