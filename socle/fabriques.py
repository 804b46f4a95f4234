"""Le registre des fabriques : un genre de document → la fonction qui en rend les octets, sa suite, et la tâche qui l'appelle."""

from collections.abc import Callable

Fabrique = Callable[..., bytes]
FABRIQUES: dict[str, Fabrique] = {}
# La mise en page occupe un cœur et beaucoup de mémoire : elle a sa file, « pdf », et rien d'autre n'y attend.
MISES_EN_PAGE: set[str] = set()
SUITES: dict[str, Callable[..., None]] = {}


def fabrique(
    genre: str, *, pdf: bool = False, ensuite: Callable[..., None] | None = None
) -> Callable[[Fabrique], Fabrique]:
    """Inscrit une fonction `(document, suivi) -> bytes` pour un genre de document ; `pdf` s'il se met en page.

    `ensuite(document)` : ce qui suit le rangement du fichier, dans sa transaction. Ni l'un sans l'autre, ni deux fois.
    """

    def inscrire(fonction: Fabrique) -> Fabrique:
        FABRIQUES[genre] = fonction
        if ensuite:
            SUITES[genre] = ensuite
        if pdf:
            MISES_EN_PAGE.add(genre)
        return fonction

    return inscrire


def tache_de(genre: str) -> str:
    """La tâche d'un genre ; les réglages envoient la première dans la file « pdf », la seconde dans la file courante."""
    return "socle.tasks.fabriquer_document" if genre in MISES_EN_PAGE else "socle.tasks.traiter_document"
