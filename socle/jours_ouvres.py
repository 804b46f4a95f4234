"""Les jours ouvrés de France : du lundi au vendredi, hors jours fériés."""

import datetime
from functools import cache, lru_cache

import holidays

UN_JOUR = datetime.timedelta(days=1)


@cache
def _feries(annee: int) -> frozenset[datetime.date]:
    return frozenset(holidays.France(years=annee))  # type: ignore[no-untyped-call]  # holidays n'est pas typé


def est_ouvre(jour: datetime.date) -> bool:
    return jour.weekday() < 5 and jour not in _feries(jour.year)


def jour_ouvre(jour: datetime.date) -> datetime.date:
    """Ce jour s'il est ouvré, sinon le dernier jour ouvré d'avant : une échéance ne se découvre pas un lundi de Pâques."""
    while not est_ouvre(jour):
        jour -= UN_JOUR
    return jour


def premier_jour_ouvre(jour: datetime.date) -> datetime.date:
    """Ce jour s'il est ouvré, sinon le premier jour ouvré d'après."""
    while not est_ouvre(jour):
        jour += UN_JOUR
    return jour


@lru_cache(maxsize=4096)  # dix mille déclarations partagent quelques échéances
def ajouter_jours_ouvres(jour: datetime.date, nombre: int) -> datetime.date:
    """Le nombre-ième jour ouvré après `jour` (le vendredi 13 novembre + 5 → le vendredi 20)."""
    for _ in range(nombre):
        jour = premier_jour_ouvre(jour + UN_JOUR)
    return jour
