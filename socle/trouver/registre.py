"""Ce qui se trouve : ce que chaque étage déclare, et comment un objet trouvé se montre."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Trouvaille:
    """Une ligne du résultat : ce que c'est, de quoi le reconnaître, et où cela mène."""

    titre: str
    url: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Trouvables:
    """Les objets d'une sorte, dans la portée de l'acteur : les colonnes où les chercher, et comment en montrer un.

    `plies` : des colonnes pliées, la première est le nom. `codes` : SIRET, identifiant, courriel.
    `telephones` : des numéros, tels qu'ils furent tapés. `initiales` : la colonne pliée « nom prénom » d'une personne.
    """

    objets: QuerySet
    montrer: Callable[[Any], Trouvaille]
    plies: tuple[str, ...]
    codes: tuple[str, ...] = ()
    telephones: tuple[str, ...] = ()
    initiales: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """Ce qui ne se lit pas en base : des pages, des gestes, chacun avec les mots qui y mènent."""

    lignes: Iterable[tuple[str, Trouvaille]]


@dataclass(frozen=True, slots=True)
class Sorte:
    """Un genre de choses que l'on trouve. `fiches` : les noms des pages qui en montrent une, pour la retrouver."""

    cle: str
    titre: str
    icone: str
    ordre: int
    roles: frozenset[str]
    fiches: tuple[str, ...]
    lire: Callable[[Any], Trouvables | Pages]


_SORTES: dict[str, Sorte] = {}
Lire = Callable[[Any], Trouvables | Pages]


def trouvable(
    cle: str, titre: str, icone: str, *, ordre: int, roles: Iterable[str], fiches: Iterable[str] = ()
) -> Callable[[Lire], Lire]:
    """Inscrit `(acteur) -> Trouvables | Pages` ; `titre` nomme le groupe, `ordre` est son rang à l'écran."""

    def inscrire(lire: Lire) -> Lire:
        _SORTES[cle] = Sorte(cle, titre, icone, ordre, frozenset(roles), tuple(fiches), lire)
        return lire

    return inscrire


def sortes_de(acteur: Any) -> list[Sorte]:
    siennes = (sorte for sorte in _SORTES.values() if acteur.role in sorte.roles)
    return sorted(siennes, key=lambda sorte: (sorte.ordre, sorte.cle))
