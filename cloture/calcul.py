"""Ce qu'un marché ferait d'un manquement : les retards, et le calcul ligne à ligne. Module pur, sans base.

Le barème est celui du marché. Une heure neutralisée (carence de candidats) ne compte pas ; un retard se compte en jours
calendaires, depuis l'échéance ou, si le marché demande une mise en demeure, depuis la réception de celle qui l'a suivie.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from marches.avancement import penalite_proposee
from socle.nombres import arrondir, euros, heures, nombre

ZERO = Decimal(0)
Remise = tuple[datetime.date, datetime.date]


@dataclass(frozen=True, slots=True)
class MoisDu:
    """Un mois attendu : quand il était dû, quand il est arrivé."""

    mois: datetime.date
    echeance: datetime.date
    recu_le: datetime.date | None


@dataclass(frozen=True, slots=True)
class Retard:
    """Les mois d'une même échéance, arrivés après elle. Sans jour de départ, aucun jour ne compte encore."""

    echeance: datetime.date
    mois: tuple[datetime.date, ...]
    recu_le: datetime.date | None
    depart: datetime.date | None
    jours: int


@dataclass(frozen=True, slots=True)
class Calcul:
    """Le montant et les lignes qui le font : (libellé, valeur écrite)."""

    lignes: tuple[tuple[str, str], ...]
    montant: Decimal


def retards(
    mois_dus: Iterable[MoisDu], mises_en_demeure: Collection[Remise], *, prealable: bool, le: datetime.date
) -> list[Retard]:
    """Les échéances manquées, à la date `le`. `mises_en_demeure` : celles qui sont parvenues, (datée, reçue).

    Trois mois d'un trimestre ont une seule échéance : un seul retard.
    """
    par_echeance: dict[datetime.date, list[MoisDu]] = {}
    for du in mois_dus:
        par_echeance.setdefault(du.echeance, []).append(du)
    lus = (_retard(echeance, dus, mises_en_demeure, prealable, le) for echeance, dus in sorted(par_echeance.items()))
    return [retard for retard in lus if retard is not None]


def _retard(
    echeance: datetime.date,
    dus: list[MoisDu],
    mises_en_demeure: Collection[Remise],
    prealable: bool,
    le: datetime.date,
) -> Retard | None:
    recus = [du.recu_le for du in dus]
    recu_le = None if None in recus else max(jour for jour in recus if jour)
    jusqu_a = recu_le or le
    if jusqu_a <= echeance:
        return None
    # Une mise en demeure vise ce qui manque déjà : celle d'avant l'échéance ne fait rien courir.
    suivantes = [recue for datee, recue in mises_en_demeure if datee > echeance]
    depart = min(suivantes, default=None) if prealable else echeance
    jours = max((jusqu_a - depart).days, 0) if depart else 0
    return Retard(echeance, tuple(sorted(du.mois for du in dus)), recu_le, depart, jours)


def heures_retenues(dues: Decimal, validees: Decimal, neutralisees: Decimal) -> Decimal:
    return max(dues - validees - neutralisees, ZERO)


def calculer_les_heures(dues: Decimal, validees: Decimal, neutralisees: Decimal, par_heure: Decimal | None) -> Calcul:
    manquantes, retenues = max(dues - validees, ZERO), heures_retenues(dues, validees, neutralisees)
    montant = arrondir(penalite_proposee(retenues, par_heure), 2)
    neutres = [("Heures neutralisées (carence de candidats)", f"−{heures(neutralisees)}")] if neutralisees else []
    return Calcul(
        (
            ("Heures dues", heures(dues)),
            ("Heures validées", f"−{heures(validees)}"),
            ("Heures manquantes", heures(manquantes)),
            *neutres,
            *([("Heures retenues", heures(retenues))] if neutres else []),
            ("Pénalité par heure manquante", euros(par_heure or ZERO)),
            (f"{heures(retenues)} × {euros(par_heure or ZERO)}", euros(montant)),
        ),
        montant,
    )


def calculer_le_retard(retards: Collection[Retard], par_jour: Decimal | None) -> Calcul:
    jours = sum(retard.jours for retard in retards)
    montant = arrondir(penalite_proposee(ZERO, None, jours, par_jour), 2)
    return Calcul(
        (
            *((f"Retard sur l'échéance du {r.echeance:%d/%m/%Y}", ecrire_jours(r.jours)) for r in retards if r.jours),
            ("Jours de retard", ecrire_jours(jours)),
            ("Pénalité par jour de retard", euros(par_jour or ZERO)),
            (f"{ecrire_jours(jours)} × {euros(par_jour or ZERO)}", euros(montant)),
        ),
        montant,
    )


def ecrire_jours(jours: int) -> str:
    return f"{nombre(jours)}\u00a0jour{'s' if jours > 1 else ''}"
