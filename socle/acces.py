"""Qui peut entrer : chaque vue le déclare, en classe (`acces = {…}`) ou en fonction (`@ouverte_a(…)`)."""

from collections.abc import Callable, Container, Iterable
from functools import wraps

from django.contrib.auth.decorators import login_not_required

from socle.regles import AccesRefuse

PUBLIC = frozenset({"public"})
CONNECTES = frozenset({"connectes"})

MOTIF_ROLE = "Votre rôle ne permet pas d'ouvrir cette page. La page « Qui peut quoi » dit à qui elle est ouverte."


def exiger_acces(request, acces: Container[str] | None) -> None:
    """Lève `AccesRefuse` si le rôle de l'acteur n'est pas parmi ceux déclarés."""
    if acces is PUBLIC or acces is CONNECTES:
        return
    if acces is None or request.acteur is None or request.acteur.role not in acces:
        raise AccesRefuse(MOTIF_ROLE)


def ouverte_a(acces: Iterable[str]) -> Callable:
    """Déclare l'accès d'une vue-fonction ; `PUBLIC` la dispense de connexion."""
    permis = acces if acces is PUBLIC or acces is CONNECTES else frozenset(acces)

    def decorer(vue: Callable) -> Callable:
        @wraps(vue)
        def enveloppe(request, *args, **kwargs):
            exiger_acces(request, permis)
            return vue(request, *args, **kwargs)

        enveloppe.acces = permis  # type: ignore[attr-defined]  # lu par acces_declare
        return login_not_required(enveloppe) if permis is PUBLIC else enveloppe

    return decorer


def acces_declare(vue) -> frozenset[str] | None:
    """L'accès déclaré par une vue du résolveur, ou `None`."""
    return getattr(getattr(vue, "view_class", vue), "acces", None)
