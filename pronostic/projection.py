"""Où finira un engagement, au rythme où il va. Module pur : des heures et des dates, ni base ni horloge.

La méthode, telle qu'on la redit à l'écran (« Comment c'est calculé ») :

1. **Le calendrier.** Chaque mois compte pour ses jours d'exécution hors suspension : un mois suspendu ne compte pas, un
   premier mois entamé le 20 compte pour un tiers.
2. **Le rythme.** La moyenne des cinq derniers mois complets, ramenés à un mois plein, sans le meilleur ni le pire. Un mois
   sans heure y est, à zéro ; le mois en cours n'y est pas. Un mois que l'entreprise n'a pas encore déclaré est inconnu, ni
   zéro ni rien, pendant deux mois (quatre par trimestre) ; au-delà, ce silence est un zéro.
3. **Les contrats signés.** Ils donnent un plancher tant qu'ils courent : leurs heures par semaine, réduites de la part
   constatée sur les mois connus (88 % au départ : 1 607 h travaillées pour 1 820 payées). Chaque mois à venir vaut le plus
   grand des deux, rythme ou contrats ; le contrat fini, le rythme prend le relais.
4. **L'intervalle.** Huit fins sur dix doivent y tomber. Sa largeur vient de la dispersion des mois de l'engagement, tirée
   vers une dispersion usuelle tant qu'ils sont peu ; elle grandit avec les mois qui restent. Jamais sous ce qui est acquis.
   Le bas ne dépasse jamais les heures dues : une entreprise s'arrête souvent une fois son dû atteint.
5. **Le pronostic.** Rouge seulement si même le haut de l'intervalle manque les heures dues.

Tout est monotone : une heure faite de plus ne rend jamais un pronostic plus sombre (`tests/pronostic/test_projection.py`).
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import NamedTuple

from marches.avancement import Arret, heures_attendues, jours_d_execution
from pronostic.enums import Pronostic
from socle.nombres import INSECABLE, arrondir, heures, nombre, pourcent
from socle.periodes import ajouter_mois, dernier_jour, premier_jour

ZERO, UN = Decimal(0), Decimal(1)
HEURES_PAR_SEMAINE = Decimal(35)  # la durée légale : celle d'un contrat qui ne dit pas la sienne
PRESENCE = Decimal("0.88")  # 1 607 h travaillées pour 1 820 h payées : congés et jours fériés déduits
POIDS_PRESENCE = Decimal(300)  # la présence usuelle pèse comme deux mois d'un temps plein
SEMAINE = Decimal(7)
DEMESURE = Decimal("1.5")  # au-delà d'une fois et demie le dû, la projection ne dit plus qu'une chose : il sera fait
DEMI_MOIS = Decimal("0.5")  # un mois plus court dit trop mal le rythme : il compte dans le fait, pas dans l'allure
GINI = Decimal("1.7724538509")  # racine de pi : de l'écart moyen entre deux mois à l'écart-type


@dataclass(frozen=True, slots=True)
class Parametres:
    """Les réglages de la méthode, éprouvés sur des engagements finis (`evaluer_projection`)."""

    mois_de_rythme: int = 5
    mois_minimum: int = 2  # en deçà, rien ne se projette sans contrat signé, et rien n'est rouge
    dispersion_usuelle: Decimal = Decimal("0.65")  # l'écart-type d'un mois, en part du rythme dû
    mois_d_usage: int = 5  # le poids de la dispersion usuelle, en mois
    # Réglés pour que près de huit fins sur dix tombent entre les deux. Le bas s'ouvre plus que le haut : une rupture enlève
    # plus qu'un sursaut n'ajoute, et taire un manque coûte plus cher qu'une alerte de trop.
    niveau_bas: Decimal = Decimal("2.6")
    niveau_haut: Decimal = Decimal("0.9")


PARAMETRES = Parametres()


@dataclass(frozen=True, slots=True)
class ContratSigne:
    """Un contrat de travail : ses dates (sans fin, il court jusqu'au bout), sa durée par semaine si elle est connue.

    Rompu, il garde la fin qu'il annonçait : c'est elle qu'on lisait avant la rupture.
    """

    debut: datetime.date
    fin: datetime.date | None
    heures_semaine: Decimal | None = None
    fin_annoncee: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """Ce que l'on sait d'un engagement : un mois est son premier jour ; une suspension sans fin court encore."""

    dues: Decimal
    debut: datetime.date
    fin: datetime.date
    validees: Mapping[datetime.date, Decimal] = field(default_factory=dict)
    declarees: Mapping[datetime.date, Decimal] = field(default_factory=dict)
    mois_attendus: frozenset[datetime.date] = frozenset()
    contrats: tuple[ContratSigne, ...] = ()
    suspensions: tuple[tuple[datetime.date, datetime.date | None], ...] = ()
    mois_de_silence: int = 2  # une déclaration en retard reste inconnue ce temps-là

    def est_suspendue(self, le: datetime.date) -> bool:
        return any(du <= le and (au is None or le < au) for du, au in self.suspensions)

    def arrets(self, le: datetime.date) -> tuple[Arret, ...]:
        """Les suspensions telles qu'on les connaît ce jour : celle qui court encore s'arrête, au mieux, ce soir."""
        return tuple((du, le if au is None or au > le else au) for du, au in self.suspensions if du <= le)


class MoisDExecution(NamedTuple):
    """Un mois du calendrier : ses bornes, et sa part d'exécution, de 0 (tout suspendu) à 1."""

    mois: datetime.date
    fin: datetime.date
    part: Decimal


@dataclass(frozen=True, slots=True)
class Projection:
    """Un engagement un jour donné, et sa fin probable. `personnes` est vide quand il n'est plus temps d'embaucher."""

    le: datetime.date
    fin: datetime.date
    dues: Decimal
    faites: Decimal
    declarees: Decimal
    attendues: Decimal
    rythme: Decimal
    a_la_fin: Decimal
    bas: Decimal
    haut: Decimal
    manque: Decimal
    personnes: int | None
    jours: int
    mois_connus: int
    suspendue: bool
    pronostic: Pronostic

    @property
    def finie(self) -> bool:
        return self.le > self.fin

    @property
    def se_projette(self) -> bool:
        """L'exécution court et l'on en sait assez : les heures projetées ont un sens."""
        return not self.finie and self.pronostic not in (Pronostic.TROP_TOT, Pronostic.ATTEINT)

    @property
    def demesuree(self) -> bool:
        """Le rythme mènerait si loin au-delà du dû que son nombre n'a plus de sens : l'entreprise s'arrêtera avant."""
        return self.a_la_fin > self.dues * DEMESURE

    @property
    def impossible(self) -> bool:
        """Il manquerait des heures, et plus une semaine pour les faire, même à temps plein."""
        return self.manque > 0 and self.personnes is None

    @property
    def besoin(self) -> str:
        """Ce qui manquerait, en heures et en personnes : « 61 h ≈ 1 personne »."""
        if not self.manque:
            return ""
        if self.personnes is None:
            return f"{heures(self.manque)}, impossibles à faire d'ici la fin, même à temps plein"
        accord = "s" if self.personnes > 1 else ""
        return f"{heures(self.manque)} ≈ {nombre(self.personnes)}{INSECABLE}personne{accord}"

    @property
    def phrase(self) -> str:
        """Tout en une phrase : « 1 000 h sur 1 181, 847 attendues à ce jour ; à ce rythme 1 120 h à la fin… »."""
        if not self.dues:
            return f"{heures(self.faites)} faites, aucune due" if self.faites else "Aucune heure due"
        fait = f"{heures(self.faites)} sur {nombre(self.dues)}"
        if self.pronostic is Pronostic.ATTEINT:
            return f"{fait} ({pourcent(self.faites * 100 / self.dues, 0)}) : engagement tenu"
        if self.declarees:
            fait += f" et {nombre(self.declarees)} à valider"
        if self.finie:
            return f"{fait}, exécution finie : il manque {heures(self.dues - self.faites)}"
        fait += f", {nombre(self.attendues)} attendues à ce jour"
        if self.suspendue:
            return f"{fait} ; l'exécution est suspendue, la projection reprendra avec elle"
        if self.pronostic is Pronostic.TROP_TOT:
            return f"{fait} ; trop peu de mois connus pour dire comment cela finira"
        if self.demesuree:
            return f"{fait} ; à ce rythme, les {heures(self.dues)} seront faites avant la fin"
        fin = f"à ce rythme {heures(self.a_la_fin)} à la fin, entre {nombre(self.bas)}{INSECABLE}et {nombre(self.haut)}"
        return f"{fait} ; {fin}{f' : il manquerait {self.besoin}' if self.manque else ''}"


@lru_cache(maxsize=1024)
def _bornes(mois: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Le dernier jour d'un mois, et le premier du suivant."""
    return dernier_jour(mois), ajouter_mois(mois, 1)


@lru_cache(maxsize=4096)
def calendrier(debut: datetime.date, fin: datetime.date, arrets: tuple[Arret, ...]) -> tuple[MoisDExecution, ...]:
    """Les mois d'une exécution ; les lots d'un marché partagent le leur."""
    rangs, mois = [], premier_jour(debut)
    while mois <= fin:
        dernier, suivant = _bornes(mois)
        part = UN
        if arrets or mois < debut or dernier > fin:
            part = Decimal(jours_d_execution(max(mois, debut), min(dernier, fin), arrets)) / dernier.day
        rangs.append(MoisDExecution(mois, dernier, part))
        mois = suivant
    return tuple(rangs)


@dataclass(frozen=True, slots=True)
class Vue:
    """L'engagement lu d'un jour : ce qui est acquis, l'allure, et ce que chaque mois à venir apportera encore."""

    mois: tuple[MoisDExecution, ...]
    arrets: tuple[Arret, ...]
    acquis: Decimal
    rythme: Decimal
    taux: list[Decimal]
    plus_court: Decimal
    mois_connus: int
    dernier_connu: datetime.date | None
    rythme_du: Decimal
    a_venir: list[tuple[MoisDExecution, Decimal]]

    def fin_probable(self, dues: Decimal, jusqu_a: int, parametres: Parametres) -> tuple[Decimal, Decimal, Decimal]:
        """Le bas, la projection et le haut après les `jusqu_a` premiers mois à venir, à l'heure entière."""
        venus = self.a_venir[:jusqu_a]
        milieu = self.acquis + sum((h for _, h in venus), ZERO)
        poids = sum((rang.part for rang, _ in venus), ZERO)
        moins, plus = _ecarts(self.taux, self.plus_court, poids, self.rythme_du, parametres)
        # L'entreprise s'arrête souvent une fois son dû atteint : le bas ne promet jamais plus que le dû, ou que l'acquis.
        bas = max(arrondir(min(milieu - moins, dues)), arrondir(self.acquis))
        return bas, arrondir(milieu), arrondir(milieu + plus)


def voir(execution: Execution, le: datetime.date, parametres: Parametres) -> Vue:
    arrets = execution.arrets(le)
    mois = calendrier(execution.debut, execution.fin, arrets)
    connus, a_venir = _partager(execution, mois, le)
    pleins = [(rang, h) for rang, h in connus if rang.part >= DEMI_MOIS]
    recents = pleins[-parametres.mois_de_rythme :]
    taux = [h / rang.part for rang, h in recents]
    presence = _presence(execution.contrats, recents)
    rythme = _rythme(taux, execution.contrats, le, parametres)
    total = sum((rang.part for rang in mois), ZERO)
    return Vue(
        mois=mois,
        arrets=arrets,
        acquis=sum(execution.validees.values(), ZERO) + sum(execution.declarees.values(), ZERO),
        rythme=rythme,
        taux=taux,
        plus_court=min((rang.part for rang, _ in recents), default=UN),
        mois_connus=len(pleins),
        dernier_connu=connus[-1][0].mois if connus else None,
        rythme_du=execution.dues / total if total else ZERO,
        a_venir=[(r, _heures_du_mois(r, deja, rythme, execution.contrats, presence)) for r, deja in a_venir],
    )


def projeter(execution: Execution, le: datetime.date, parametres: Parametres = PARAMETRES) -> Projection:
    """La projection d'un engagement, vue d'un jour."""
    vue = voir(execution, le, parametres)
    bas, projetees, haut = vue.fin_probable(execution.dues, len(vue.a_venir), parametres)
    faites, declarees = sum(execution.validees.values(), ZERO), sum(execution.declarees.values(), ZERO)
    lendemain = max(le + datetime.timedelta(days=1), execution.debut)
    jours = jours_d_execution(lendemain, execution.fin, vue.arrets) if lendemain <= execution.fin else 0
    manque = max(execution.dues - projetees, ZERO) if faites < execution.dues else ZERO
    return Projection(
        le=le,
        fin=execution.fin,
        dues=execution.dues,
        faites=faites,
        declarees=declarees,
        attendues=heures_attendues(execution.dues, execution.debut, execution.fin, le, vue.arrets),
        rythme=arrondir(vue.rythme),
        a_la_fin=projetees,
        bas=bas,
        haut=haut,
        manque=manque,
        personnes=personnes_a_embaucher(manque, jours),
        jours=jours,
        mois_connus=vue.mois_connus,
        suspendue=execution.est_suspendue(le),
        pronostic=_pronostic(execution, le, faites, projetees, haut, vue.mois_connus, parametres),
    )


def personnes_a_embaucher(manque: Decimal, jours: int) -> int | None:
    """Combien de temps pleins feraient ces heures en ces jours ; rien s'il reste moins d'une semaine."""
    if jours < SEMAINE:
        return None if manque else 0
    return int((manque * SEMAINE / (HEURES_PAR_SEMAINE * PRESENCE * jours)).to_integral_value(ROUND_CEILING))


def _partager(
    execution: Execution, mois: Sequence[MoisDExecution], le: datetime.date
) -> tuple[list[tuple[MoisDExecution, Decimal]], list[tuple[MoisDExecution, Decimal]]]:
    """Les mois complets dont on sait les heures, et ceux qui en apporteront encore, chacun avec ce qu'on en sait déjà."""
    courant, validees, declarees = premier_jour(le), execution.validees, execution.declarees
    depuis = ajouter_mois(courant, -execution.mois_de_silence)
    attendus = {mois for mois in execution.mois_attendus if mois >= depuis}
    connus: list[tuple[MoisDExecution, Decimal]] = []
    a_venir: list[tuple[MoisDExecution, Decimal]] = []
    for rang in mois:
        if not rang.part:
            continue
        faites = validees.get(rang.mois, ZERO) + declarees.get(rang.mois, ZERO)
        (a_venir if rang.mois >= courant or rang.mois in attendus else connus).append((rang, faites))
    return connus, a_venir


def _presence(contrats: Sequence[ContratSigne], recents: Sequence[tuple[MoisDExecution, Decimal]]) -> Decimal:
    """La part des heures de contrat réellement faite sur les mois connus, tirée vers la présence usuelle."""
    prevues = sum((_heures_des_contrats(contrats, rang) for rang, _ in recents), ZERO)
    faites = sum((h for _, h in recents), ZERO)
    return min((faites + PRESENCE * POIDS_PRESENCE) / (prevues + POIDS_PRESENCE), UN)


def _heures_des_contrats(contrats: Sequence[ContratSigne], rang: MoisDExecution) -> Decimal:
    """Les heures que les contrats prévoient dans un mois, au prorata de leurs jours et de ceux de l'exécution."""
    total = ZERO
    for contrat in contrats:
        if contrat.debut > rang.fin or (contrat.fin is not None and contrat.fin < rang.mois):
            continue
        dernier = rang.fin if contrat.fin is None or contrat.fin > rang.fin else contrat.fin
        jours = (dernier - max(contrat.debut, rang.mois)).days + 1
        total += (contrat.heures_semaine or HEURES_PAR_SEMAINE) * jours
    return total * rang.part / SEMAINE


def _heures_du_mois(
    rang: MoisDExecution, deja: Decimal, rythme: Decimal, contrats: Sequence[ContratSigne], presence: Decimal
) -> Decimal:
    """Ce qu'un mois à venir apportera encore : le rythme, ou les contrats signés s'ils donnent plus."""
    return max(rythme * rang.part, _heures_des_contrats(contrats, rang) * presence, deja) - deja


def _rythme(
    taux: Sequence[Decimal], contrats: Sequence[ContratSigne], le: datetime.date, parametres: Parametres
) -> Decimal:
    """Les heures d'un mois plein. Tant que les mois manquent, les contrats qui courent ou vont courir disent l'allure."""
    if len(taux) >= parametres.mois_minimum:
        gardes = sorted(taux)[1:-1] if len(taux) >= 5 else taux
        return sum(gardes, ZERO) / len(gardes)
    courent = (c.heures_semaine or HEURES_PAR_SEMAINE for c in contrats if c.fin is None or c.fin >= le)
    return max(sum(courent, ZERO) * PRESENCE * 52 / 12, *taux, ZERO)


def _ecarts(
    taux: Sequence[Decimal], plus_court: Decimal, poids: Decimal, rythme_du: Decimal, parametres: Parametres
) -> tuple[Decimal, Decimal]:
    """Vers le bas et vers le haut : le hasard des mois qui restent, et ce qu'on ignore du rythme lui-même.

    L'écart-type se lit dans l'écart moyen entre deux mois (Gini), moins sensible qu'un carré à un mois hors norme ; son
    poids est borné pour qu'une heure de plus ne puisse jamais baisser le haut de l'intervalle.
    """
    connus = len(taux)
    etendue = (poids + poids * poids / max(connus, 1)).sqrt()
    part = Decimal(connus) / (connus + parametres.mois_d_usage) if connus > 1 else ZERO
    usage = (1 - part) * parametres.dispersion_usuelle * rythme_du
    propre = part * _dispersion(taux) if part else ZERO
    borne = connus * plus_court / (part * GINI) if part else ZERO
    bas, haut = (niveau * etendue for niveau in (parametres.niveau_bas, parametres.niveau_haut))
    return bas * usage + min(bas, borne) * propre, haut * usage + min(haut, borne) * propre


def _dispersion(taux: Sequence[Decimal]) -> Decimal:
    """L'écart-type estimé par la différence moyenne de Gini."""
    connus = len(taux)
    somme = sum(((2 * rang - connus + 1) * valeur for rang, valeur in enumerate(sorted(taux))), ZERO)
    return GINI * somme / (connus * (connus - 1))


def _pronostic(
    execution: Execution,
    le: datetime.date,
    faites: Decimal,
    projetees: Decimal,
    haut: Decimal,
    connus: int,
    parametres: Parametres,
) -> Pronostic:
    if faites >= execution.dues:
        return Pronostic.ATTEINT
    if le > execution.fin:
        return Pronostic.EN_PERIL if haut < execution.dues else Pronostic.A_SURVEILLER
    if execution.est_suspendue(le) or (connus < parametres.mois_minimum and not execution.contrats):
        return Pronostic.TROP_TOT
    if haut < execution.dues and connus >= parametres.mois_minimum:
        return Pronostic.EN_PERIL
    return Pronostic.A_SURVEILLER if projetees < execution.dues else Pronostic.BONNE_VOIE
