"""Où un marché devrait en être. Module pur : des heures, des dates, rien d'autre."""

import datetime
from collections.abc import Iterable
from decimal import Decimal

from socle.nombres import arrondir

type Arret = tuple[datetime.date, datetime.date]
"""Une suspension, du premier au dernier jour."""


def jours_d_execution(du: datetime.date, au: datetime.date, arrets: Iterable[Arret] = ()) -> int:
    """Les jours de l'intervalle, bornes comprises, hors suspensions ; deux arrêts ne se recouvrent pas."""
    jours = (au - du).days + 1
    for debut, fin in arrets:
        jours -= max((min(au, fin) - max(du, debut)).days + 1, 0)
    return max(jours, 0)


def heures_attendues(
    dues: Decimal, debut: datetime.date, fin: datetime.date, le: datetime.date, arrets: Iterable[Arret] = ()
) -> Decimal:
    """Les heures qu'un rythme régulier aurait faites à une date, du premier au dernier jour d'exécution ; à l'unité.

    Rien n'est attendu des jours de suspension.
    """
    if le < debut:
        return Decimal(0)
    if le >= fin:
        return dues
    jours = jours_d_execution(debut, fin, arrets)
    return arrondir(dues * jours_d_execution(debut, le, arrets) / jours) if jours else dues


def penalite_proposee(
    heures_manquantes: Decimal, par_heure: Decimal | None, jours_de_retard: int = 0, par_jour: Decimal | None = None
) -> Decimal:
    """La pénalité au barème du marché, en euros. Le logiciel propose, l'acheteur décide."""
    return max(heures_manquantes, Decimal(0)) * (par_heure or Decimal(0)) + max(jours_de_retard, 0) * (
        par_jour or Decimal(0)
    )
