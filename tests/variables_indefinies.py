"""Repère toute variable de gabarit qui n'existe pas, sans changer le rendu.

Django écrit une chaîne vide à la place d'une variable inconnue : une faute de frappe ne se voit pas. Ici elle est notée,
sauf là où l'absence est prévue : `{% if %}`, `{% for %}`, filtre `default`. Les gabarits des bibliothèques ne sont pas tenus.

Rien ne ralentit le rendu d'une variable qui existe : c'est l'exception, quand elle naît, qui remonte la pile jusqu'à
l'expression et au nœud en cours de rendu.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType, FrameType

from django.conf import settings
from django.template.base import FilterExpression, Node, Variable, VariableDoesNotExist

_RECHERCHE, _RESOLUTION = Variable.resolve.__code__, FilterExpression.resolve.__code__
_RENDU = Node.render_annotated.__code__
_notees: list[str] = []


def relever() -> list[str]:
    """Rend les variables indéfinies notées depuis le dernier relevé."""
    trouvees = sorted(set(_notees))
    _notees.clear()
    return trouvees


@contextmanager
def surveillance() -> Iterator[None]:
    naitre = VariableDoesNotExist.__init__

    def naitre_et_noter(self, *args, **options):
        naitre(self, *args, **options)
        _noter(sys._getframe(1))

    VariableDoesNotExist.__init__ = naitre_et_noter
    try:
        yield
    finally:
        VariableDoesNotExist.__init__ = naitre


def _noter(leve: FrameType) -> None:
    recherche = _remonter(leve, _RECHERCHE)
    resolution = recherche and recherche.f_back
    # Ailleurs que dans une expression (une balise qui résout elle-même, l'argument d'un filtre), l'exception se verra.
    if resolution is None or resolution.f_code is not _RESOLUTION or resolution.f_locals["ignore_failures"]:
        return
    expression, rendu = resolution.f_locals["self"], _remonter(resolution, _RENDU)
    if expression.var is not recherche.f_locals["self"] or _absence_prevue(expression) or rendu is None:
        return
    noeud = rendu.f_locals["self"]
    if noeud.origin is not None and _est_du_projet(str(noeud.origin.name)):
        _notees.append(f"{expression.var} ({noeud.origin.template_name}, ligne {noeud.token.lineno})")


def _remonter(pile: FrameType | None, code: CodeType) -> FrameType | None:
    """L'appel le plus proche de cette fonction, dans la pile."""
    while pile is not None and pile.f_code is not code:
        pile = pile.f_back
    return pile


def _absence_prevue(expression: FilterExpression) -> bool:
    return any(filtre.__name__ in ("default", "default_if_none") for filtre, _ in expression.filters)


@cache
def _est_du_projet(fichier: str) -> bool:
    """Le fichier où la balise est écrite, et non le gabarit qu'elle remplit : une page d'allauth étend notre mise en page."""
    chemin = Path(fichier)
    return chemin.is_relative_to(settings.BASE_DIR) and ".venv" not in chemin.parts
