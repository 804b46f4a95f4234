"""Rejouer la projection sur des engagements finis : qu'aurait-on annoncé k mois avant la fin ? Module pur."""

import datetime
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from pronostic.enums import Pronostic
from pronostic.projection import PARAMETRES, ContratSigne, Execution, Parametres, Projection, projeter
from socle.periodes import ajouter_mois, premier_jour


@dataclass(frozen=True, slots=True)
class EngagementFini:
    """Un engagement dont tout est su. `avenants` : (notifié le, heures), déjà comptés dans les heures dues."""

    execution: Execution
    avenants: tuple[tuple[datetime.date, Decimal], ...] = ()

    @property
    def realisees(self) -> Decimal:
        return sum(self.execution.validees.values(), Decimal(0))

    @property
    def est_manque(self) -> bool:
        return self.realisees < self.execution.dues


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Ce que valait l'alerte. Les parts sont des pour cent, vides quand il n'y a rien à diviser.

    `fausses_alertes` : des engagements signalés, la part qui a finalement tenu ; `tenus_signales` : de ceux qui ont tenu,
    la part signalée à tort. `erreur_mediane` : l'écart entre projection et réalisé, en part des heures dues.
    """

    mois_avant: int
    engagements: int
    manques: int
    signales: int
    signales_a_raison: int
    precision: Decimal | None
    rappel: Decimal | None
    fausses_alertes: Decimal | None
    tenus_signales: Decimal | None
    couverture_intervalle: Decimal | None
    erreur_mediane: Decimal | None
    parametres: dict[str, Any]


def vu_le(fini: EngagementFini, le: datetime.date) -> Execution:
    """Ce qu'on en savait ce jour-là : les mois complets, les contrats commencés, les avenants notifiés, les arrêts décidés."""
    execution, courant = fini.execution, premier_jour(le)
    return replace(
        execution,
        dues=execution.dues - sum((h for notifie, h in fini.avenants if notifie > le), Decimal(0)),
        validees={mois: h for mois, h in execution.validees.items() if mois < courant},
        declarees={},
        mois_attendus=frozenset(),
        contrats=tuple(_contrat_vu(contrat, le) for contrat in execution.contrats if contrat.debut <= le),
        suspensions=tuple((du, au) for du, au in execution.suspensions if du <= le),
    )


def _contrat_vu(contrat: ContratSigne, le: datetime.date) -> ContratSigne:
    """Une rupture à venir ne se devinait pas : le contrat courait alors jusqu'à la fin qu'il annonçait."""
    if contrat.fin_annoncee is None or (contrat.fin is not None and contrat.fin <= le):
        return contrat
    return replace(contrat, fin=contrat.fin_annoncee)


def rejouer(fini: EngagementFini, mois_avant: int, parametres: Parametres = PARAMETRES) -> Projection | None:
    """La projection qu'on aurait lue `mois_avant` mois avant la fin ; rien si l'exécution n'avait pas commencé."""
    le = ajouter_mois(fini.execution.fin, -mois_avant)
    return projeter(vu_le(fini, le), le, parametres) if le >= fini.execution.debut else None


def evaluer(finis: Iterable[EngagementFini], mois_avant: int, parametres: Parametres = PARAMETRES) -> Evaluation:
    """Confronte ce qui était annoncé à ce qui est arrivé, sur les engagements qui devaient des heures."""
    vus = [(fini, p) for fini in finis if fini.execution.dues > 0 and (p := rejouer(fini, mois_avant, parametres))]
    rouges = [fini for fini, p in vus if p.pronostic is Pronostic.EN_PERIL]
    a_raison = sum(fini.est_manque for fini in rouges)
    manques = sum(fini.est_manque for fini, _ in vus)
    projetes = [(fini, p) for fini, p in vus if p.se_projette]
    couverts = sum(p.bas <= fini.realisees <= p.haut for fini, p in projetes)
    erreurs = [abs(p.a_la_fin - fini.realisees) * 100 / fini.execution.dues for fini, p in projetes]
    return Evaluation(
        mois_avant=mois_avant,
        engagements=len(vus),
        manques=manques,
        signales=len(rouges),
        signales_a_raison=a_raison,
        precision=_part(a_raison, len(rouges)),
        rappel=_part(a_raison, manques),
        fausses_alertes=_part(len(rouges) - a_raison, len(rouges)),
        tenus_signales=_part(len(rouges) - a_raison, len(vus) - manques),
        couverture_intervalle=_part(couverts, len(projetes)),
        erreur_mediane=round(statistics.median(erreurs), 1) if erreurs else None,
        parametres=asdict(parametres),
    )


def _part(nombre: int, sur: int) -> Decimal | None:
    return round(Decimal(nombre) * 100 / sur, 1) if sur else None
