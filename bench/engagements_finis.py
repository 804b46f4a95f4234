"""Des engagements finis tirés au sort, pour éprouver et régler la projection ; la graine décide de tout.

Chacun se fait comme dans la vie : une allure visée mois par mois, des contrats signés pour la tenir (avec du retard, des
ruptures, des absences), l'entreprise qui s'arrête souvent une fois son dû atteint, et parfois se presse à la fin.
"""

import datetime
import random
from collections.abc import Sequence
from decimal import Decimal

from pronostic.evaluation import EngagementFini
from pronostic.projection import ContratSigne, Execution
from socle.periodes import ajouter_mois, dernier_jour, premier_jour

# Quatre comportements dont l'alerte ne sait rien : chacun s'éprouve à part.
COMPORTEMENTS = {
    "plat": ("regulier",),
    "en_avance": ("debut_fort",),
    "en_retard": ("tardif", "sursaut"),
    "arret": ("arret",),
}
PROFILS = ("regulier", "regulier", "regulier", "tardif", "saisonnier", "debut_fort", "point_mort", "sursaut")
SAISON = (0.3, 0.4, 0.9, 1.3, 1.5, 1.5, 1.2, 0.7, 1.4, 1.3, 0.9, 0.6)
SEMAINES = ("20", "24", "28", "30", "35", "35", "35")


def tirer(graine: int, nombre: int = 800, profils: Sequence[str] = PROFILS) -> list[EngagementFini]:
    hasard = random.Random(graine)
    return [_engagement(hasard, profils) for _ in range(nombre)]


def _engagement(hasard: random.Random, profils: Sequence[str]) -> EngagementFini:
    duree = hasard.choice((5, 6, 8, 10, 12, 12, 14, 18, 24, 24, 36))
    debut = datetime.date(2021, 1, 1) + datetime.timedelta(days=hasard.randrange(700))
    fin = ajouter_mois(debut, duree) - datetime.timedelta(days=1)
    dues = Decimal(round(duree * hasard.choice((25, 40, 60, 90, 130, 200)) * hasard.uniform(0.7, 1.3)))
    suspensions = _suspensions(hasard, debut, duree)
    mois = [m for m in _mois(debut, fin) if not _est_suspendu(m, suspensions)]
    profil = hasard.choice(profils)
    soin = hasard.choice((0.35, 0.55, 0.75, 0.9, 1.0, 1.05, 1.1, 1.2, 1.4)) * hasard.uniform(0.93, 1.07)
    visees = _visees(hasard, profil, float(dues) * soin, mois)
    validees, contrats = _travailler(hasard, visees, mois, fin, float(dues))
    return EngagementFini(
        Execution(dues=dues, debut=debut, fin=fin, validees=validees, contrats=tuple(contrats), suspensions=suspensions)
    )


def _suspensions(hasard: random.Random, debut: datetime.date, duree: int) -> tuple:
    if duree < 12 or hasard.random() > 0.12:
        return ()
    du = ajouter_mois(premier_jour(debut), hasard.randint(3, duree - 6))
    return ((du, dernier_jour(ajouter_mois(du, hasard.randint(0, 2)))),)


def _est_suspendu(mois: datetime.date, suspensions: tuple) -> bool:
    return any(du <= mois <= au for du, au in suspensions)


def _mois(debut: datetime.date, fin: datetime.date) -> list[datetime.date]:
    mois, suite = premier_jour(debut), []
    while mois <= fin:
        suite.append(mois)
        mois = ajouter_mois(mois, 1)
    return suite


def _visees(hasard: random.Random, profil: str, total: float, mois: list[datetime.date]) -> list[float]:
    """Les heures que l'entreprise compte faire chaque mois."""
    nombre = len(mois)
    rupture = hasard.uniform(0.25, 0.65)
    formes = {
        "regulier": lambda rang, m: 1.0,
        "tardif": lambda rang, m: 0.0 if rang < nombre * rupture * 0.7 else 1.0,
        "saisonnier": lambda rang, m: SAISON[m.month - 1],
        "debut_fort": lambda rang, m: 2.0 - 1.6 * rang / nombre,
        "point_mort": lambda rang, m: 1.0,
        "arret": lambda rang, m: 1.0,
        "sursaut": lambda rang, m: 0.35 if rang < nombre * rupture else 1.5,
    }
    poids = [formes[profil](rang, m) for rang, m in enumerate(mois)]
    visees = [total * p / (sum(poids) or 1) for p in poids]
    if profil in ("point_mort", "arret"):
        # Un point mort se voit de loin ; un arrêt peut survenir jusqu'au dernier mois.
        quand = rupture if profil == "point_mort" else hasard.uniform(0.6, 1)
        arret, reprend = round(nombre * quand), hasard.random() < 0.2
        repart = arret + max(2, nombre // 4)
        visees = [v if rang < arret or (reprend and rang >= repart) else 0.0 for rang, v in enumerate(visees)]
    return visees


def _travailler(
    hasard: random.Random, visees: list[float], mois: list[datetime.date], fin: datetime.date, dues: float
) -> tuple[dict, list[ContratSigne]]:
    """Signe des contrats pour suivre l'allure visée, et compte les heures qu'ils donnent."""
    validees: dict[datetime.date, Decimal] = {}
    contrats: list[ContratSigne] = []
    fait, du = 0.0, 0.0
    s_arrete, se_presse = hasard.random() < 0.6, hasard.random() < 0.6
    for rang, (m, visee) in enumerate(zip(mois, visees, strict=True)):
        du += visee
        if fait >= dues and s_arrete:
            visee = 0.0
        # À portée du but, on se presse ; loin derrière, on laisse courir.
        if se_presse and rang >= len(mois) - 4 and dues * 0.75 <= fait < dues:
            visee = max(visee, (dues - fait) / (len(mois) - rang))
        en_cours = [c for c in contrats if c.debut <= dernier_jour(m) and (c.fin or fin) >= m]
        capacite = sum(_mensuel(c) for c in en_cours)
        while capacite < visee * 0.85 and hasard.random() < 0.75:
            contrat = ContratSigne(
                m,
                min(dernier_jour(ajouter_mois(m, hasard.choice((0, 1, 1, 2, 2, 3, 5)))), fin),
                Decimal(hasard.choice(SEMAINES)),
            )
            contrats.append(contrat)
            en_cours.append(contrat)
            capacite += _mensuel(contrat)
        heures = sum(_mensuel(c) * hasard.betavariate(9, 1.6) for c in en_cours if hasard.random() > 0.06)
        if visee and capacite > visee * 1.3:
            heures *= max(visee * 1.3 / capacite, 0.4)  # un mi-temps sur ce chantier, l'autre ailleurs
        validees[m] = Decimal(round(heures * 4)) / 4
        fait += float(validees[m])
    return validees, contrats


def _mensuel(contrat: ContratSigne) -> float:
    return float(contrat.heures_semaine or 35) * 52 / 12
