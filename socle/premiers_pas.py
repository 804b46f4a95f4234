"""Les premiers pas d'une structure : ce que chaque étage lui propose de régler ou de saisir, et ce qui le dit fait.

Une structure neuve n'a qu'une page à suivre ; elle se vide à mesure. Chaque étage y inscrit les siens, dans `premiers_pas.py`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

STRUCTURE, EQUIPE, REGLES, DONNEES = "Votre structure", "Votre équipe", "Vos règles", "Votre travail"
RUBRIQUES = (STRUCTURE, EQUIPE, REGLES, DONNEES)


@dataclass(frozen=True, slots=True)
class Pas:
    """Un pas. `fait()` est une condition sur la ligne de la structure : tous se lisent en une requête.

    `liens` : ce qu'on y ouvre, (libellé, nom d'URL), le premier étant le geste principal. `roles` : qui peut le faire.
    """

    cle: str
    rubrique: str
    titre: str
    pourquoi: str
    liens: tuple[tuple[str, str], ...]
    roles: frozenset[str]
    fait: Callable[[], Any]
    ordre: int


_REGISTRE: dict[str, Pas] = {}


def premier_pas(
    cle: str,
    rubrique: str,
    titre: str,
    pourquoi: str,
    *,
    liens: Iterable[tuple[str, str]],
    roles: Iterable[str],
    ordre: int,
) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Inscrit un pas ; la fonction décorée est sa condition « fait »."""

    def inscrire(fait: Callable[[], Any]) -> Callable[[], Any]:
        _REGISTRE[cle] = Pas(cle, rubrique, titre, pourquoi, tuple(liens), frozenset(roles), fait, ordre)
        return fait

    return inscrire


def tous_les_pas() -> list[Pas]:
    """Dans l'ordre où ils se font."""
    return sorted(_REGISTRE.values(), key=lambda pas: (RUBRIQUES.index(pas.rubrique), pas.ordre, pas.cle))
