"""Les sources d'« À faire » : ce que chaque étage déclare, et la ligne typée que chaque source fait lire."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from types import NoneType
from typing import Any, get_args, get_type_hints
from uuid import UUID

from django.db.models import Q, QuerySet

from socle.composants import Geste, LigneAFaire


@dataclass(frozen=True, slots=True)
class Attente[Ligne: "Lue"]:
    """Des objets qui attendent, et ce qu'il faut en lire : un chemin ou une expression par champ de la ligne typée.

    `jour` est leur échéance ; sans elle, ils sont pour plus tard. `dossier` garde ceux dont l'acteur a la charge ; sans lui,
    ils sont à tous. `ecrire(acteur, lue)` fait de la ligne lue une ligne à montrer.
    """

    objets: QuerySet
    ligne: type[Ligne]
    ecrire: Callable[[Any, Ligne], LigneAFaire]
    lit: Mapping[str, Any]
    jour: Any = None
    dossier: Q | None = None

    def __post_init__(self) -> None:
        if ecart := set(self.lit) ^ set(champs_de(self.ligne)):
            raise TypeError(
                f"{self.ligne.__name__} : champs lus et champs déclarés diffèrent ({', '.join(sorted(ecart))})."
            )


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
    """Une ligne lue : sa source, le jour où l'on lit, l'objet sur lequel agir. Chaque source y ajoute ses champs, à ses mots."""

    source: Source
    le: datetime.date
    uuid: UUID

    def montrer(
        self, objet: str, lien: str = "", depuis: str = "", dernier: str = "", gestes: Iterable[Geste] = ()
    ) -> LigneAFaire:
        return LigneAFaire(self.source.ton, self.source.quoi, objet, lien, depuis, tuple(gestes), dernier)


def champs_de(ligne: type[Lue]) -> dict[str, type]:
    """{champ propre à cette ligne: son type}, sans le `None` d'une valeur absente."""
    communs, types = {champ.name for champ in fields(Lue)}, get_type_hints(ligne)
    propres = [champ.name for champ in fields(ligne) if champ.name not in communs]
    return {nom: next(t for t in get_args(types[nom]) or (types[nom],) if t is not NoneType) for nom in propres}


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
