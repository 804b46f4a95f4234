"""Un envoi, un effet : le jeton caché d'un formulaire reconnaît le second clic, même arrivé en même temps que le premier.

Et un envoi, une organisation : celle pour qui la page a été ouverte voyage avec le jeton CSRF du formulaire.
"""

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest
from django.middleware.csrf import get_token

MEMOIRE_SECONDES = 3600
CHAMP_ORGANISATION = "organisation_de_la_page"


@dataclass(frozen=True)
class JetonDeFormulaire:
    """Le `csrf_token` des gabarits : le jeton de Django, lu seulement s'il sert, et l'organisation pour qui l'on agit."""

    request: HttpRequest
    organisation: str = ""

    def __str__(self) -> str:
        return get_token(self.request)


class EnvoiUnique:
    """L'envoi d'un formulaire par une personne. Sans jeton (page sans gabarit commun), tout envoi est le premier."""

    def __init__(self, request):
        jeton = request.POST.get("jeton_envoi", "")[:64]
        self._cle = f"envoi:{request.user.pk}:{request.path}:{jeton}" if jeton.isalnum() else ""

    def reserver(self) -> bool:
        """Vrai pour le premier envoi, faux pour les suivants. `add` est atomique : deux envois ensemble n'en font qu'un."""
        return not self._cle or cache.add(self._cle, "", MEMOIRE_SECONDES)

    def conclure(self, url: str) -> None:
        if self._cle:
            cache.set(self._cle, url, MEMOIRE_SECONDES)

    def liberer(self) -> None:
        """La saisie était refusée : la corriger puis la renvoyer est permis."""
        if self._cle:
            cache.delete(self._cle)

    def arrivee(self) -> str:
        """Où le premier envoi a mené, s'il est déjà fini."""
        return cache.get(self._cle) or ""
