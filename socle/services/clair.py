"""Un changement dit en clair : le nom du champ, ce qu'il valait, ce qu'il vaut. Jamais la valeur de ce qui désigne quelqu'un."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.text import Truncator, capfirst

from socle.conservation import sorts
from socle.nombres import jour, nombre
from socle.retention import Conservation

VIDE = "—"
LONGUEUR = 120  # une ligne de journal se lit d'un coup d'œil


def dire_le_changement(
    champ: models.Field, avant: Any, apres: Any, libelles: Mapping[str, str] | None = None
) -> dict[str, str]:
    """{"champ", "libelle", "avant", "apres"} ; sans les valeurs, si le journal ne doit pas les garder."""
    nom = {"champ": champ.name, "libelle": capfirst(str(champ.verbose_name))}
    if se_tait(champ):
        return nom
    choix = dict(libelles or champ.flatchoices or {})
    return {**nom, "avant": en_clair(avant, choix), "apres": en_clair(apres, choix)}


def se_tait(champ: models.Field) -> bool:
    """Le journal survit à l'anonymisation : d'une personne, ou d'un texte qui peut en nommer une, il ne dit que le champ."""
    sort = sorts().get(champ.model, {}).get(champ.name, Conservation.GARDER)
    return (
        sort != Conservation.GARDER
        or isinstance(champ, models.TextField)
        or (champ.is_relation and champ.related_model in sorts())
    )


def en_clair(valeur: Any, choix: Mapping[Any, str] | None = None) -> str:
    """Ce qu'un lecteur lit d'une valeur : le libellé d'un choix, une date et un nombre à la française, oui ou non."""
    if valeur is None or valeur == "" or valeur == []:
        return VIDE
    if isinstance(valeur, list):
        dites = ", ".join(sorted(str((choix or {}).get(v, v)) for v in valeur))
    else:
        dites = str((choix or {}).get(valeur) or en_mots(valeur))
    return Truncator(dites).chars(LONGUEUR)


def en_mots(valeur: Any) -> str:
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, datetime.datetime):
        return f"{timezone.localtime(valeur):%d/%m/%Y %H:%M}"
    if isinstance(valeur, datetime.date):
        return jour(valeur)
    if isinstance(valeur, Decimal | int):
        return nombre(valeur)
    return str(valeur)
