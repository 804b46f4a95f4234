"""Mois et périodes : un mois est son premier jour, une période est [début, fin] bornes comprises."""

import calendar
import datetime
from collections.abc import Iterator
from dataclasses import dataclass


def premier_jour(jour: datetime.date) -> datetime.date:
    return jour.replace(day=1)


def dernier_jour(mois: datetime.date) -> datetime.date:
    return mois.replace(day=calendar.monthrange(mois.year, mois.month)[1])


def ajouter_mois(jour: datetime.date, nombre: int) -> datetime.date:
    """Le même quantième `nombre` mois plus loin, ou le dernier jour du mois s'il n'existe pas (31 janv. + 1 = 28 fév.)."""
    rang = jour.year * 12 + jour.month - 1 + nombre
    annee, mois = divmod(rang, 12)
    return datetime.date(annee, mois + 1, min(jour.day, calendar.monthrange(annee, mois + 1)[1]))


def fin_de_delai(debut: datetime.date, mois: int) -> datetime.date:
    """Le dernier jour, compris, d'un délai de tant de mois qui commence ce jour-là.

    La veille du même quantième ; s'il n'existe pas, le dernier jour du mois (article 641 du code de procédure civile) : six
    mois depuis le 31 août finissent le 28 février, non le 27.
    """
    terme = ajouter_mois(debut, mois)
    return terme - datetime.timedelta(days=1) if terme.day == debut.day else terme


def age(naissance: datetime.date, le: datetime.date) -> int:
    """Âge en années révolues."""
    return le.year - naissance.year - ((le.month, le.day) < (naissance.month, naissance.day))


@dataclass(frozen=True, slots=True)
class Periode:
    debut: datetime.date
    fin: datetime.date

    @classmethod
    def annee(cls, annee: int) -> "Periode":
        return cls(datetime.date(annee, 1, 1), datetime.date(annee, 12, 31))

    def rencontre(self, debut: datetime.date, fin: datetime.date | None) -> bool:
        return debut <= self.fin and (fin is None or fin >= self.debut)

    def mois(self) -> Iterator[datetime.date]:
        mois = premier_jour(self.debut)
        while mois <= self.fin:
            yield mois
            mois = ajouter_mois(mois, 1)
