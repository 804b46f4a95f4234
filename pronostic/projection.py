"""Où finira un engagement, au rythme où il va. Module pur : des heures et des dates, ni base ni horloge.

La méthode, telle qu'on la redit à l'écran (« Comment c'est calculé ») :

1. **Le calendrier.** Chaque mois compte pour ses jours d'exécution hors suspension : un mois suspendu ne compte pas, un
   premier mois entamé le 20 compte pour un tiers.
2. **Le rythme.** La moyenne des trois derniers mois complets, ramenés à un mois plein. Un mois sans heure y est, à zéro ; le
   mois en cours n'y est pas. Un mois que l'entreprise n'a pas encore déclaré est inconnu, ni zéro ni rien, pendant deux mois
   (quatre par trimestre) ; au-delà, ce silence est un zéro.
3. **Les contrats signés.** Une heure d'insertion se fait sous contrat : un mois à venir vaut d'abord ce que les contrats
   signés y donnent, leurs heures par semaine réduites de la part constatée sur les mois connus (88 % au départ : 1 607 h
   travaillées pour 1 820 payées).
4. **Les embauches à venir.** Si quelqu'un a été embauché depuis un mois, ou va l'être, le rythme complète les contrats. Sinon
   on n'attend qu'eux pendant trois mois, puis le rythme revient par tiers : il faut le temps d'embaucher.
5. **L'intervalle.** Huit fins sur dix doivent y tomber. En bas, les contrats signés et leurs absences, rien d'autre. En haut,
   le meilleur des trois derniers mois tenu jusqu'au bout et une marge, plus un cinquième si cela suffit à finir le dû : une
   entreprise à portée de son but se presse. Jamais sous ce qui est acquis ; le bas ne dépasse jamais les heures dues.
6. **Le pronostic.** Rouge seulement si même le haut de l'intervalle manque les heures dues, ambre si la projection les manque.

Les réglages sont choisis sur des engagements tirés au sort (graines 11 à 13), deux d'entre eux en regardant aussi la
démonstration ; ils s'éprouvent sur d'autres tirages et sur elle (`tests/pronostic/test_couverture.py`).

Tout est monotone : une heure faite de plus ne rend jamais un pronostic plus sombre (`tests/pronostic/test_projection.py`).
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from marches.avancement import Arret, heures_attendues, jours_d_execution
from pronostic.calendrier import MoisDExecution, calendrier
from pronostic.enums import Pronostic
from socle.nombres import INSECABLE, arrondir, heures, nombre, pourcent
from socle.periodes import ajouter_mois, premier_jour

ZERO, UN = Decimal(0), Decimal(1)
HEURES_PAR_SEMAINE = Decimal(35)  # la durée légale : celle d'un contrat qui ne dit pas la sienne
PRESENCE = Decimal("0.88")  # 1 607 h travaillées pour 1 820 h payées : congés et jours fériés déduits
POIDS_PRESENCE = Decimal(300)  # la présence usuelle pèse comme deux mois d'un temps plein
SEMAINE = Decimal(7)
DEMESURE = Decimal("1.5")  # au-delà d'une fois et demie le dû, la projection ne dit plus qu'une chose : il sera fait
DEMI_MOIS = Decimal("0.5")  # un mois plus court dit trop mal le rythme : il compte dans le fait, pas dans l'allure
MOIS_PLEIN = HEURES_PAR_SEMAINE * 52 / 12


@dataclass(frozen=True, slots=True)
class Parametres:
    """Les réglages de la méthode, éprouvés sur des engagements finis (`evaluer_projection`)."""

    mois_de_rythme: int = 3
    mois_de_presence: int = 5
    mois_minimum: int = 2  # en deçà, rien ne se projette sans contrat signé, et rien n'est rouge
    # La part du rythme attendue hors contrats, mois après mois, quand personne ne vient d'être embauché ; entière ensuite.
    reprise: tuple[Decimal, ...] = (ZERO, ZERO, ZERO, UN / 3, UN * 2 / 3)
    prudence: Decimal = Decimal("0.75")  # ce que les contrats signés donnent au moins, de ce qu'on en attend
    elan: Decimal = Decimal("1.2")  # jusqu'où une entreprise force l'allure pour finir son dû
    # La marge du haut, en mois dû et en mois d'un contrat à temps plein ; elle grandit avec la racine des mois qui restent.
    marge_du: Decimal = Decimal("0.3")
    marge_embauche: Decimal = Decimal("0.15")


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
    def au_plus(self) -> str:
        """Le haut de l'intervalle, tant que son nombre a un sens."""
        borne = arrondir(self.dues * DEMESURE)
        return f"plus de {nombre(borne)}" if self.haut > borne else nombre(self.haut)

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
        fin = f"à ce rythme {heures(self.a_la_fin)} à la fin, entre {nombre(self.bas)}{INSECABLE}et {self.au_plus}"
        return f"{fait} ; {fin}{f' : il manquerait {self.besoin}' if self.manque else ''}"


class MoisAVenir(NamedTuple):
    """Les heures d'un mois qui n'est pas encore su : déjà faites, puis, en tout, au moins, sans doute, au plus."""

    rang: MoisDExecution
    deja: Decimal
    bas: Decimal
    milieu: Decimal
    haut: Decimal


@dataclass(frozen=True, slots=True)
class Vue:
    """L'engagement lu d'un jour : ce qui est acquis, l'allure, et ce que chaque mois à venir apportera encore."""

    mois: tuple[MoisDExecution, ...]
    arrets: tuple[Arret, ...]
    acquis: Decimal
    rythme: Decimal
    taux: list[Decimal]
    presence: Decimal
    mois_connus: int
    dernier_connu: datetime.date | None
    rythme_du: Decimal
    a_venir: list[MoisAVenir]

    def fin_probable(self, dues: Decimal, jusqu_a: int, parametres: Parametres) -> tuple[Decimal, Decimal, Decimal]:
        """Le bas, la projection et le haut après les `jusqu_a` premiers mois à venir, à l'heure entière qui les contient."""
        venus = self.a_venir[:jusqu_a]
        su = self.acquis - sum((mois.deja for mois in venus), ZERO)
        bas = sum((mois.bas for mois in venus), ZERO)
        milieu = sum((mois.milieu for mois in venus), ZERO)
        plus = sum((mois.haut for mois in venus), ZERO)
        poids = sum((mois.rang.part for mois in venus), ZERO)
        plus += poids.sqrt() * (
            parametres.marge_du * self.rythme_du + parametres.marge_embauche * self.presence * MOIS_PLEIN
        )
        haut = max(su + plus, min(dues, su + parametres.elan * plus), self.acquis)
        # L'entreprise s'arrête souvent une fois son dû atteint : le bas ne promet jamais plus que le dû, ou que l'acquis.
        bas = max(min(su + bas, dues), self.acquis)
        return bas.to_integral_value(ROUND_FLOOR), arrondir(su + milieu), haut.to_integral_value(ROUND_CEILING)


def voir(execution: Execution, le: datetime.date, parametres: Parametres) -> Vue:
    arrets = execution.arrets(le)
    mois = calendrier(execution.debut, execution.fin, arrets)
    connus, a_venir = _partager(execution, mois, le)
    pleins = [(rang, h) for rang, h in connus if rang.part >= DEMI_MOIS]
    taux = [h / rang.part for rang, h in pleins[-parametres.mois_de_rythme :]]
    total = sum((rang.part for rang in mois), ZERO)
    allure = Allure(
        rythme=_rythme(taux, execution.contrats, le, parametres),
        taux=taux,
        presence=_presence(execution.contrats, pleins[-parametres.mois_de_presence :]),
        due=execution.dues / total if total else ZERO,
        on_embauche=_on_embauche(execution.contrats, le),
    )
    return Vue(
        mois=mois,
        arrets=arrets,
        acquis=sum(execution.validees.values(), ZERO) + sum(execution.declarees.values(), ZERO),
        rythme=allure.rythme,
        taux=taux,
        presence=allure.presence,
        mois_connus=len(pleins),
        dernier_connu=connus[-1][0].mois if connus else None,
        rythme_du=allure.due,
        a_venir=[
            _mois_a_venir(n, rang, deja, allure, execution.contrats, parametres)
            for n, (rang, deja) in enumerate(a_venir)
        ],
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


class Allure(NamedTuple):
    """Comment va l'engagement, en heures d'un mois plein ; `due` : ce qu'il en faudrait chaque mois."""

    rythme: Decimal
    taux: list[Decimal]
    presence: Decimal
    due: Decimal
    on_embauche: bool


def _on_embauche(contrats: Sequence[ContratSigne], le: datetime.date) -> bool:
    """Quelqu'un a-t-il commencé depuis un mois, ou va-t-il commencer ? Sans aucun contrat connu, on ne peut en douter."""
    return not contrats or any(contrat.debut > ajouter_mois(le, -1) for contrat in contrats)


def _mois_a_venir(
    rang_a_venir: int,
    rang: MoisDExecution,
    deja: Decimal,
    allure: Allure,
    contrats: Sequence[ContratSigne],
    parametres: Parametres,
) -> MoisAVenir:
    """Ce qu'un mois à venir donnera : les contrats signés, le rythme qui les complète, et jamais moins que ce qui y est fait."""
    suivis = parametres.reprise[rang_a_venir:]
    reprise = suivis[0] if suivis else UN
    signees = _heures_des_contrats(contrats, rang) * allure.presence
    rythme, meilleur = allure.rythme * rang.part, max(allure.rythme, *allure.taux, ZERO) * rang.part
    # Aucun contrat connu : le moins bon des derniers mois tient lieu de ce qui est signé.
    sures = signees if contrats else min(allure.taux, default=ZERO) * rang.part
    part = UN if allure.on_embauche else reprise
    milieu = signees + part * max(rythme - signees, ZERO)
    haut = max(signees, meilleur, milieu, reprise * allure.due * rang.part)
    return MoisAVenir(rang, deja, *(max(h, deja) for h in (parametres.prudence * sures, milieu, haut)))


def _rythme(
    taux: Sequence[Decimal], contrats: Sequence[ContratSigne], le: datetime.date, parametres: Parametres
) -> Decimal:
    """Les heures d'un mois plein. Tant que les mois manquent, les contrats qui courent ou vont courir disent l'allure."""
    if len(taux) >= parametres.mois_minimum:
        return sum(taux, ZERO) / len(taux)
    courent = (c.heures_semaine or HEURES_PAR_SEMAINE for c in contrats if c.fin is None or c.fin >= le)
    return max(sum(courent, ZERO) * PRESENCE * 52 / 12, *taux, ZERO)


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
