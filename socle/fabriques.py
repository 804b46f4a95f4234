"""Le registre des fabriques : un genre de document → la fonction qui en rend les octets."""

from collections.abc import Callable

FABRIQUES: dict[str, Callable] = {}


def fabrique(genre: str):
    """Inscrit une fonction `(document, suivi) -> bytes` pour un genre de document."""

    def inscrire(fonction: Callable) -> Callable:
        FABRIQUES[genre] = fonction
        return fonction

    return inscrire
