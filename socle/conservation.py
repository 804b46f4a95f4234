"""Appliquer à une ligne ce que son app déclare dans `retention.py` : garder, réduire, effacer."""

import datetime
import importlib
import importlib.util
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models

from socle.modeles import ModeleIdentifie
from socle.retention import Conservation


@cache
def sorts() -> dict[type[models.Model], dict[str, Conservation]]:
    """{modèle: {champ: sort}} de toutes les apps du projet."""
    modules = [
        importlib.import_module(f"{app}.retention")
        for app in settings.APPS_DU_PROJET
        if importlib.util.find_spec(f"{app}.retention")
    ]
    return {modele: champs for module in modules for modele, champs in getattr(module, "CHAMPS", {}).items()}


def reduire(objet: ModeleIdentifie) -> None:
    """Efface et tronque les champs d'une ligne selon leur sort déclaré, puis l'enregistre."""
    for nom, sort in sorts()[type(objet)].items():
        champ = objet._meta.get_field(nom)
        if sort == Conservation.EFFACER:
            _effacer(objet, champ)
        elif sort == Conservation.TRONQUER:
            setattr(objet, nom, _tronquer(getattr(objet, nom)))
    objet.save()


def _effacer(objet: ModeleIdentifie, champ: Any) -> None:
    if champ.many_to_many:
        getattr(objet, champ.name).clear()
    elif champ.null:
        setattr(objet, champ.name, None)
    elif champ.unique or champ.name == "identifiant":
        setattr(objet, champ.name, str(objet.uuid))  # une valeur unique ne peut pas être vide : l'UUID ne dit rien
    else:
        setattr(objet, champ.name, champ.default if champ.has_default() else "")


def _tronquer(valeur: Any):
    """Une date au mois, un code postal au département."""
    if isinstance(valeur, datetime.date):
        debut = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0} if isinstance(valeur, datetime.datetime) else {}
        return valeur.replace(day=1, **debut)
    return valeur[:2] if isinstance(valeur, str) else valeur
