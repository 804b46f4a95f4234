"""Ce que les composants d'écran attendent : une forme par composant à lignes, remplie par les vues."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from socle.tables import Jauge


@dataclass(frozen=True, slots=True)
class Geste:
    """Un bouton : lien, ou formulaire POST si `poste`."""

    libelle: str
    url: str
    poste: bool = False
    icone: str = ""
    ton: str = ""


@dataclass(frozen=True, slots=True)
class LigneAFaire:
    """Ce qui attend quelqu'un : quoi, sur quel objet, depuis quand, les gestes qui le règlent, et le dernier geste fait."""

    ton: str
    quoi: str
    objet: str
    lien: str = ""
    depuis: str = ""
    gestes: tuple[Geste, ...] = ()
    dernier: str = ""


@dataclass(frozen=True, slots=True)
class Evenement:
    """Une ligne de journal : quand, quoi, par qui."""

    quand: datetime.datetime
    texte: str
    qui: str = ""
    icone: str = "circle-dot"
    lien: str = ""


@dataclass(frozen=True, slots=True)
class Etape:
    """Une étape d'un parcours ; `etat` vaut « faite », « en_cours » ou « a_venir »."""

    libelle: str
    etat: str = "a_venir"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CaseMois:
    """Un mois d'un engagement : `ton` et `libelle` disent son état, `valeur` ses heures."""

    mois: datetime.date
    libelle: str
    ton: str = "neutre"
    valeur: Any = None
    lien: str = ""


@dataclass(frozen=True, slots=True)
class Tuile:
    """Un chiffre clé : sa valeur, son unité, celle d'avant, sa définition, le lien vers les lignes qui le composent.

    `jauge` : où il en est d'un objectif ; ses mots sont dans `details`.
    """

    libelle: str
    valeur: Any
    unite: str = ""
    avant: Any = None
    avant_libelle: str = ""
    definition: str = ""
    lien: str = ""
    details: tuple[tuple[str, str], ...] = field(default=())
    jauge: Jauge | None = None
