"""Les années d'une structure, et celle que l'on demande."""

import datetime

from django.http import Http404

from reporting.enums import Presentation
from reporting.models import PREMIERE_ANNEE


def annees_connues(premier_mois: datetime.date | None, aujourd_hui: datetime.date) -> list[int]:
    """De l'année qui court à la première qui a des heures."""
    premiere = min(premier_mois.year, aujourd_hui.year) if premier_mois else aujourd_hui.year
    return list(range(aujourd_hui.year, premiere - 1, -1))


def annee_demandee(texte: str, aujourd_hui: datetime.date) -> int:
    """L'année d'une URL, ou celle qui court si rien n'est dit. Lève `Http404` pour ce qui n'en est pas une."""
    if not texte:
        return aujourd_hui.year
    if not texte.isdecimal() or not PREMIERE_ANNEE <= int(texte) <= aujourd_hui.year:
        raise Http404
    return int(texte)


def presentation_demandee(texte: str) -> Presentation:
    """La présentation d'une URL ; l'exacte pour tout ce qui n'en est pas une."""
    return Presentation(texte) if texte in Presentation.values else Presentation.EXACTE
