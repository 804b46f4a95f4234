"""Où un marché devrait en être. Module pur : des heures, des dates, rien d'autre."""

import datetime
from decimal import Decimal

from socle.nombres import arrondir


def heures_attendues(dues: Decimal, debut: datetime.date, fin: datetime.date, le: datetime.date) -> Decimal:
    """Les heures qu'un rythme régulier aurait faites à une date, du premier au dernier jour d'exécution ; à l'unité."""
    if le < debut:
        return Decimal(0)
    if le >= fin:
        return dues
    jours, ecoules = (fin - debut).days + 1, (le - debut).days + 1
    return arrondir(dues * ecoules / jours)


def penalite_proposee(
    heures_manquantes: Decimal, par_heure: Decimal | None, jours_de_retard: int = 0, par_jour: Decimal | None = None
) -> Decimal:
    """La pénalité au barème du marché, en euros. Le logiciel propose, l'acheteur décide."""
    return max(heures_manquantes, Decimal(0)) * (par_heure or Decimal(0)) + max(jours_de_retard, 0) * (
        par_jour or Decimal(0)
    )
