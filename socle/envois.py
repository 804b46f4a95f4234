"""Un envoi, un effet : le jeton caché d'un formulaire reconnaît le second clic, même arrivé en même temps que le premier."""

from django.core.cache import cache

MEMOIRE_SECONDES = 3600


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
