"""Contrôles de démarrage : une vue sans accès déclaré, ou sans portée, n'arrive jamais en service."""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from socle.acces import acces_declare
from socle.modeles import ChampJour
from socle.querysets import QuerySetDomaine

MODULES_EXTERNES = ("allauth.", "django.")


def vues(patterns, prefixe: str = "") -> Iterator[tuple[str, object]]:
    """Toutes les vues du résolveur, avec leur route complète."""
    for motif in patterns:
        route = prefixe + str(motif.pattern)
        if isinstance(motif, URLResolver):
            yield from vues(motif.url_patterns, route)
        elif isinstance(motif, URLPattern):
            yield route, motif.callback


def est_externe(vue) -> bool:
    return vue.__module__.startswith(MODULES_EXTERNES)


@register(Tags.security)
def verifier_les_vues(app_configs, **kwargs) -> list[Error]:
    erreurs = []
    for route, vue in vues(get_resolver().url_patterns):
        if est_externe(vue):
            continue
        if acces_declare(vue) is None:
            erreurs.append(Error(f"La vue « {route} » ne déclare pas qui peut entrer (acces).", id="socle.E001"))
        modele = getattr(getattr(vue, "view_class", None), "model", None)
        if modele is not None and not issubclass(modele._default_manager._queryset_class, QuerySetDomaine):
            erreurs.append(Error(f"La vue « {route} » montre {modele.__name__}, sans portée.", id="socle.E002"))
    return erreurs


@register(Tags.models)
def verifier_les_dates(app_configs, **kwargs) -> list[Error]:
    """Une date sans bornes accepte l'an 1 et l'an 9999 ; une seule arrêtait la conservation de toutes les structures."""
    return [
        Error(f"« {modele.__name__}.{champ.name} » est une date sans bornes : écrivez ChampJour.", id="socle.E003")
        for modele in apps.get_models()
        if modele._meta.app_label in settings.APPS_DU_PROJET
        for champ in modele._meta.get_fields()
        if isinstance(champ, models.DateField) and not isinstance(champ, ChampJour | models.DateTimeField)
    ]
