"""Ce que devient chaque relation d'une fiche quand elle est réunie à une autre.

Chaque app le déclare dans son `fusions.py`, `RELATIONS = {"app.Modele.champ": Sort.PASSE, …}`, et `tests/test_fusions.py` refuse
une relation oubliée : une ligne nouvelle ne se perd pas dans la fiche rangée.
"""

import importlib
import importlib.util
from enum import StrEnum
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models


class Sort(StrEnum):
    """Le sort d'une ligne qui désigne la fiche rangée."""

    PASSE = "passe"  # et si la fiche gardée a déjà la sienne, la fusion est refusée
    PASSE_SI_LIBRE = "passe si libre"  # sinon elle reste à la fiche rangée : la gardée dit déjà la même chose
    RESTE = "reste"  # un bilan publié, l'historique : ce qui est écrit l'est


AJUSTEMENTS: dict[str, dict[str, object]] = {}  # ce qui change d'une ligne pour qu'elle passe quand même


@cache
def sorts() -> dict[str, Sort]:
    """{« app.Modele.champ »: son sort} de toutes les apps du projet."""
    modules = [
        importlib.import_module(f"{app}.fusions")
        for app in settings.APPS_DU_PROJET
        if app != "socle" and importlib.util.find_spec(f"{app}.fusions")
    ]
    return {relation: sort for module in modules for relation, sort in module.RELATIONS.items()}


def relations_vers(modele: type[models.Model]) -> list[models.ForeignKey]:
    """Les clés étrangères vers ce modèle, cachées comprises, sauf les tables de liaison (elles suivent leur liste)."""
    liens: list[Any] = [lien for lien in modele._meta.get_fields(include_hidden=True) if lien.auto_created]
    inverses = [lien for lien in liens if lien.is_relation and not lien.concrete]
    return [lien.field for lien in inverses if not lien.related_model._meta.auto_created]


def nom_de(relation: models.ForeignKey) -> str:
    return f"{relation.model._meta.label}.{relation.name}"
