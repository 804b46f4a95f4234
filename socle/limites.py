"""Compter les essais d'une adresse dans le cache, comme pour la connexion : au-delà, la page « attendez une minute »."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def trop_souvent(request: HttpRequest, geste: str, *, essais: int, secondes: int = 60) -> bool:
    """Compte un essai ; vrai si cette adresse en a déjà fait `essais` pendant la durée."""
    cle = f"limite:{geste}:{get_adapter().get_client_ip(request)}"
    cache.add(cle, 0, secondes)
    try:
        return cache.incr(cle) > essais
    except ValueError:  # le compteur vient d'expirer
        return False
