"""Rejouer la projection sur des engagements finis : qu'aurait-on annoncé k mois avant la fin ? Module pur.

À côté, la ligne naïve, qu'un tableur donne : moins d'heures faites que le temps passé n'en attendait. L'alerte ne vaut que si
elle voit mieux.
"""

import datetime
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from marches.avancement import heures_attendues
from pronostic.enums import Pronostic
from pronostic.projection import PARAMETRES, ContratSigne, Execution, Parametres, Projection, projeter
from socle.jours_ouvres import UN_JOUR
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
    la part signalée à tort. `erreur_mediane` : l'écart entre projection et réalisé, en part des heures dues. `signales` ne
    compte que le rouge ; `surveilles`, le rouge et l'ambre. `…_naive` : la règle de trois sur les mêmes engagements.
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
    surveilles: int
    surveilles_a_raison: int
    precision_surveilles: Decimal | None
    rappel_surveilles: Decimal | None
    signales_naive: int
    signales_a_raison_naive: int
    precision_naive: Decimal | None
    rappel_naive: Decimal | None
    projetes: int
    finis_sous_l_intervalle: int
    finis_au_dessus_de_l_intervalle: int

    @property
    def erreurs(self) -> int:
        """Ce que rouge et ambre ensemble ont jugé mal : un tenu surveillé, un manqué tu."""
        return self.surveilles + self.manques - 2 * self.surveilles_a_raison

    @property
    def erreurs_naive(self) -> int:
        return self.signales_naive + self.manques - 2 * self.signales_a_raison_naive


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


def signale_par_la_ligne_naive(fini: EngagementFini, mois_avant: int) -> bool:
    """La règle de trois du même jour : au dernier mois complet, a-t-on fait moins que le temps passé n'en attendait ?"""
    le = ajouter_mois(fini.execution.fin, -mois_avant)
    vue = vu_le(fini, le)
    veille = premier_jour(le) - UN_JOUR
    attendues = heures_attendues(vue.dues, vue.debut, vue.fin, veille, vue.arrets(le))
    return sum(vue.validees.values(), Decimal(0)) < attendues


def evaluer(finis: Iterable[EngagementFini], mois_avant: int, parametres: Parametres = PARAMETRES) -> Evaluation:
    """Confronte ce qui était annoncé à ce qui est arrivé, sur les engagements qui devaient des heures."""
    vus = [(fini, p) for fini in finis if fini.execution.dues > 0 and (p := rejouer(fini, mois_avant, parametres))]
    rouges = [fini for fini, p in vus if p.pronostic is Pronostic.EN_PERIL]
    surveilles = [fini for fini, p in vus if p.pronostic in (Pronostic.EN_PERIL, Pronostic.A_SURVEILLER)]
    naifs = [fini for fini, _ in vus if signale_par_la_ligne_naive(fini, mois_avant)]
    a_raison, surveilles_a_raison, naifs_a_raison = (
        sum(fini.est_manque for fini in signales) for signales in (rouges, surveilles, naifs)
    )
    manques = sum(fini.est_manque for fini, _ in vus)
    projetes = [(fini, p) for fini, p in vus if p.se_projette]
    dessous = sum(fini.realisees < p.bas for fini, p in projetes)
    dessus = sum(fini.realisees > p.haut for fini, p in projetes)
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
        couverture_intervalle=_part(len(projetes) - dessous - dessus, len(projetes)),
        erreur_mediane=round(statistics.median(erreurs), 1) if erreurs else None,
        parametres=asdict(parametres),
        surveilles=len(surveilles),
        surveilles_a_raison=surveilles_a_raison,
        precision_surveilles=_part(surveilles_a_raison, len(surveilles)),
        rappel_surveilles=_part(surveilles_a_raison, manques),
        signales_naive=len(naifs),
        signales_a_raison_naive=naifs_a_raison,
        precision_naive=_part(naifs_a_raison, len(naifs)),
        rappel_naive=_part(naifs_a_raison, manques),
        projetes=len(projetes),
        finis_sous_l_intervalle=dessous,
        finis_au_dessus_de_l_intervalle=dessus,
    )


def _part(nombre: int, sur: int) -> Decimal | None:
    return round(Decimal(nombre) * 100 / sur, 1) if sur else None
