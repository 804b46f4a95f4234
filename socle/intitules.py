"""Ce qu'une vue s'appelle pour qui lit « Qui peut quoi » : un attribut de la vue, jamais sa documentation."""

from collections.abc import Callable


def intitulee(intitule: str) -> Callable:
    """Donne son intitulé à une vue-fonction ; une vue-classe a son `titre`, ou un `intitule` si sa page n'en a pas de fixe."""

    def decorer(vue: Callable) -> Callable:
        vue.intitule = intitule  # type: ignore[attr-defined]  # lu par intitule_de
        return vue

    return decorer


def intitule_de(vue) -> str:
    """Vide si la vue n'en a pas : `tests/test_architecture.py` le refuse."""
    classe = getattr(vue, "view_class", vue)
    return getattr(classe, "titre", "") or getattr(classe, "intitule", "")
