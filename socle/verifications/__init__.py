"""Contrôler ce que l'installation garde : `manage.py verifier`. Chaque étage inscrit les siens dans `verifications`.

Un contrôle rend ce qui ne va pas, par des clés : jamais le nom de quelqu'un. Il lit, et n'écrit rien.
"""

from collections.abc import Callable, Iterable, Iterator

type Chercher = Callable[[], Iterable[str]]

CONTROLES: dict[str, Chercher] = {}


def controle(nom: str) -> Callable[[Chercher], Chercher]:
    """Inscrit un contrôle : `@controle("Compteurs d'heures")`."""

    def inscrire(chercher: Chercher) -> Chercher:
        CONTROLES[nom] = chercher
        return chercher

    return inscrire


def verifier(*, sans: Iterable[str] = ()) -> Iterator[tuple[str, list[str]]]:
    """Chaque contrôle et ce qu'il a trouvé, dans l'ordre où les étages les inscrivent."""
    for nom, chercher in CONTROLES.items():
        if nom not in sans:
            yield nom, list(chercher())
