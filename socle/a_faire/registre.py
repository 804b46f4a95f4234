"""Les sources d'« À faire » : ce que chaque étage déclare, et la forme commune de ce qu'il fait lire."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from socle.composants import Geste, LigneAFaire


@dataclass(frozen=True, slots=True)
class Attente:
    """Des objets qui attendent, et ce qu'il faut en lire : un chemin ou une expression par colonne.

    `jour` est leur échéance ; sans elle, ils sont pour plus tard. `dossier` garde ceux dont l'acteur a la charge ; sans lui,
    ils sont à tous. `ecrire(acteur, lue)` en fait une ligne.
    """

    objets: QuerySet
    ecrire: Callable[[Any, "Lue"], LigneAFaire]
    jour: Any = None
    depuis: Any = None
    dernier: Any = None
    mois: Any = None
    objet: Any = None
    precision: Any = None
    etat: Any = None
    nombre: Any = None
    heures: Any = None
    cible: Any = "uuid"
    dossier: Q | None = None


@dataclass(frozen=True, slots=True)
class Calculee:
    """Ce qui se calcule hors de la base ; `ecrire` en fait une ligne, si elle se montre. `dossier` : qui en a la charge."""

    ecrire: Callable[[], LigneAFaire]
    jour: datetime.date | None
    dossier: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Un genre de choses à faire. `attend` : c'est à quelqu'un d'autre d'agir, on n'y peut que rappeler."""

    cle: str
    quoi: str
    libelle: str
    ton: str
    roles: frozenset[str]
    lire: Callable[[Any, datetime.date], Attente | list[Calculee]]
    attend: bool
    liste: str


@dataclass(frozen=True, slots=True)
class Lue:
    """Une ligne lue : l'objet sur lequel agir (`uuid`), la page qui le montre (`cible`), et ce que la source en a demandé."""

    source: Source
    le: datetime.date
    uuid: UUID
    cible: UUID
    jour: datetime.date | None
    # Vides si la source ne les demande pas : elle seule sait si ce qu'elle a demandé peut manquer.
    depuis: Any  # un jour
    dernier: Any  # un jour
    mois: Any  # le premier jour d'un mois
    objet: str
    precision: str
    etat: str
    nombre: Any  # un entier
    heures: Decimal | None

    def ligne(
        self, objet: str, lien: str = "", depuis: str = "", dernier: str = "", gestes: Iterable[Geste] = ()
    ) -> LigneAFaire:
        return LigneAFaire(self.source.ton, self.source.quoi, objet, lien, depuis, tuple(gestes), dernier)


SOURCES: dict[str, Source] = {}


def source(
    cle: str,
    quoi: str,
    libelle: str,
    *,
    roles: Iterable[str],
    ton: str = "attention",
    attend: bool = False,
    liste: str = "",
) -> Callable:
    """Inscrit `(acteur, le) -> Attente | list[Calculee]`.

    `quoi` va sur la ligne, `libelle` au filtre ; `liste`, un nom d'URL et sa requête, montre tout.
    """

    def inscrire(lire: Callable) -> Callable:
        SOURCES[cle] = Source(cle, quoi, libelle, ton, frozenset(roles), lire, attend, liste)
        return lire

    return inscrire


def sources_de(acteur) -> list[Source]:
    return [source for source in SOURCES.values() if acteur.role in source.roles]
