"""Repère toute variable de gabarit qui n'existe pas, sans changer le rendu.

Django écrit une chaîne vide à la place d'une variable inconnue : une faute de frappe ne se voit pas. Ici elle est notée,
sauf là où l'absence est prévue : `{% if %}`, `{% for %}`, filtre `default`. Les gabarits des bibliothèques ne sont pas tenus.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from django.conf import settings
from django.template.base import FilterExpression, Node, Variable, VariableDoesNotExist

_noeud: ContextVar[Node | None] = ContextVar("nœud rendu", default=None)
_attendue: ContextVar[Variable | None] = ContextVar("variable attendue", default=None)
_notees: list[str] = []


def relever() -> list[str]:
    """Rend les variables indéfinies notées depuis le dernier relevé."""
    trouvees = sorted(set(_notees))
    _notees.clear()
    return trouvees


@contextmanager
def surveillance() -> Iterator[None]:
    rendre_noeud = Node.render_annotated
    resoudre_expression, resoudre_variable = FilterExpression.resolve, Variable.resolve

    def render_annotated(self, context):
        jeton = _noeud.set(self)
        try:
            return rendre_noeud(self, context)
        finally:
            _noeud.reset(jeton)

    def resolve_expression(self, context, ignore_failures=False):
        tenue = self.is_var and not ignore_failures and not _absence_prevue(self) and _est_du_projet(_noeud.get())
        jeton = _attendue.set(self.var if tenue else None)
        try:
            return resoudre_expression(self, context, ignore_failures)
        finally:
            _attendue.reset(jeton)

    def resolve_variable(self, context):
        try:
            return resoudre_variable(self, context)
        except VariableDoesNotExist:
            if _attendue.get() is self:
                noeud = _noeud.get()
                _notees.append(f"{self.var} ({noeud.origin.template_name}, ligne {noeud.token.lineno})")
            raise

    Node.render_annotated = render_annotated
    FilterExpression.resolve, Variable.resolve = resolve_expression, resolve_variable
    try:
        yield
    finally:
        Node.render_annotated = rendre_noeud
        FilterExpression.resolve, Variable.resolve = resoudre_expression, resoudre_variable


def _absence_prevue(expression: FilterExpression) -> bool:
    return any(filtre.__name__ in ("default", "default_if_none") for filtre, _ in expression.filters)


def _est_du_projet(noeud: Node | None) -> bool:
    """Le fichier où la balise est écrite, et non le gabarit qu'elle remplit : une page d'allauth étend notre mise en page."""
    chemin = Path(str(noeud.origin.name)) if noeud is not None and noeud.origin is not None else Path()
    return chemin.is_relative_to(settings.BASE_DIR) and ".venv" not in chemin.parts
