"""Ce que les middlewares posent sur une requête : une vue la déclare ainsi, et l'on sait ce qu'elle peut y lire."""

from typing import Any

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from socle.models import Lien


class Requete(HttpRequest):
    """Jamais construite ici : Django construit la sienne, les middlewares y ajoutent ces attributs."""

    acteur: Any  # celui de `comptes`, un étage plus haut ; `None` pour un anonyme
    adhesions: list[Any]
    htmx: HtmxDetails
    lien: Lien  # seulement dans une page ouverte par un lien signé


def adresse_d_ici(demandee: str) -> str:
    """L'adresse d'une page de ce site, où l'on demande de revenir ; vide si elle mène ailleurs."""
    return demandee if url_has_allowed_host_and_scheme(demandee, allowed_hosts=None) else ""
