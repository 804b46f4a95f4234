"""Ce que le droit demande d'un achat, à sa date. Module pur : une situation entre, des réponses motivées en sortent.

Sources : code de la commande publique (L2112-2-1, L3114-2-1, en vigueur le 22 août 2026) ; avis relatifs aux seuils.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from marches.enums import Derogation, Forme, Nature, Technicite, TypeAcheteur, TypeClause
from socle.nombres import ESPACE_FINE, euros, heures

ENTREE_EN_VIGUEUR = datetime.date(2026, 8, 22)
DUREE_TRAVAUX_COURTS = 6  # mois


class Seuil(StrEnum):
    """Les lignes de la table des seuils européens."""

    TRAVAUX = "travaux"
    CENTRAL = "central"
    COLLECTIVITE = "collectivite"
    ENTITE = "entite"


@dataclass(frozen=True, slots=True)
class Seuils:
    """Les seuils européens HT d'une période de deux ans, bornes comprises."""

    debut: datetime.date
    fin: datetime.date
    montants: dict[Seuil, Decimal]


def _seuils(annee: int, travaux: int, central: int, collectivite: int, entite: int) -> Seuils:
    montants = dict(zip(Seuil, map(Decimal, (travaux, central, collectivite, entite)), strict=True))
    return Seuils(datetime.date(annee, 1, 1), datetime.date(annee + 1, 12, 31), montants)


SEUILS = (
    _seuils(2018, 5_548_000, 144_000, 221_000, 443_000),
    _seuils(2020, 5_350_000, 139_000, 214_000, 428_000),
    _seuils(2022, 5_382_000, 140_000, 215_000, 431_000),
    _seuils(2024, 5_538_000, 143_000, 221_000, 443_000),
    _seuils(2026, 5_404_000, 140_000, 216_000, 432_000),
)
# Directives 2014/24 (art. 4 d) et 2014/25 (art. 15 c) : les services sociaux et spécifiques ont leur propre seuil, fixe.
SEUIL_SERVICES_SOCIAUX = {False: Decimal(750_000), True: Decimal(1_000_000)}

DEROGATIONS_MARCHE = (Derogation.SOLUTION_DISPONIBLE, Derogation.LIEN_INSUFFISANT, Derogation.CONCURRENCE)
DEROGATIONS_CONCESSION = (Derogation.LIEN_INSUFFISANT, Derogation.CONCURRENCE)


@dataclass(frozen=True, slots=True)
class Situation:
    """Ce qu'il faut savoir d'un achat. Montants en euros HT, durée en mois ; `None` : on ne sait pas encore."""

    nature: Nature
    forme: Forme
    acheteur: TypeAcheteur
    date: datetime.date
    montant: Decimal | None
    duree_mois: int | None = None
    technicite: Technicite = Technicite.MOYENNE
    defense: bool = False
    services_sociaux: bool = False

    @property
    def est_prive(self) -> bool:
        return self.forme == Forme.PRIVE or self.acheteur == TypeAcheteur.PRIVE

    @property
    def est_concession(self) -> bool:
        return self.forme == Forme.CONCESSION


@dataclass(frozen=True, slots=True)
class Obligation:
    """Une condition sociale est-elle due ? `soumis` vaut `None` quand il manque de quoi répondre."""

    soumis: bool | None
    motif: str
    article: str
    seuil: Decimal | None = None
    derogations: tuple[Derogation, ...] = ()
    reserve: str = ""


def seuils_le(jour: datetime.date) -> Seuils | None:
    """Les seuils d'un jour ; `None` hors de la table."""
    return next((seuils for seuils in SEUILS if seuils.debut <= jour <= seuils.fin), None)


def seuil_applicable(situation: Situation) -> tuple[Decimal | None, str]:
    """Le seuil européen de cet achat à sa date, et une réserve quand la table ne va pas jusque-là."""
    if situation.services_sociaux and situation.nature == Nature.SERVICES and not situation.est_concession:
        return SEUIL_SERVICES_SOCIAUX[situation.acheteur == TypeAcheteur.ENTITE], ""
    seuils, reserve = seuils_le(situation.date), ""
    if situation.date > SEUILS[-1].fin:
        seuils = SEUILS[-1]
        reserve = f"Seuils de {seuils.debut.year}-{seuils.fin.year} : ceux de cette date ne sont pas dans la table."
    if seuils is None:
        return None, ""
    if situation.nature == Nature.TRAVAUX or situation.est_concession:
        return seuils.montants[Seuil.TRAVAUX], reserve
    if situation.defense:
        return seuils.montants[Seuil.ENTITE], reserve
    return seuils.montants[Seuil(situation.acheteur)], reserve


def examiner_obligation(situation: Situation) -> Obligation:
    """L'acheteur doit-il prévoir une condition d'exécution sociale (L2112-2-1 ; concessions : L3114-2-1) ?"""
    article = "L3114-2-1" if situation.est_concession else "L2112-2-1"
    faculte = "L3114-2" if situation.est_concession else "L2112-2"
    if situation.est_prive:
        motif = "Contrat privé : le code de la commande publique ne s'y applique pas, la clause se convient entre les parties."
        return Obligation(False, motif, "contrat")
    if situation.defense:
        motif = "Marché de défense ou de sécurité : la condition sociale reste une faculté."
        return Obligation(False, motif, "L2312-1-1")
    if situation.date < ENTREE_EN_VIGUEUR:
        return Obligation(False, "Avant le 22 août 2026, la condition sociale est une faculté.", faculte)
    seuil, reserve = seuil_applicable(situation)
    if situation.montant is None or seuil is None:
        motif = "Montant estimé inconnu : donnez-le pour savoir si une condition sociale est due."
        return Obligation(None, motif, article, seuil, reserve=reserve)
    montants = f"{euros(situation.montant)} HT estimés, seuil européen de {euros(seuil)} HT"
    if situation.montant < seuil:
        return Obligation(
            False, f"{montants}{ESPACE_FINE}: sous le seuil, c'est une faculté.", faculte, seuil, (), reserve
        )
    motif = f"{montants}{ESPACE_FINE}: l'acheteur doit prévoir une condition d'exécution sociale."
    return Obligation(True, motif, article, seuil, derogations_possibles(situation), reserve)


def derogations_possibles(situation: Situation) -> tuple[Derogation, ...]:
    """Les cas où l'acheteur peut s'en dispenser, en consignant son motif ; une concession n'en a que deux."""
    if situation.est_concession:
        return DEROGATIONS_CONCESSION
    courts = situation.duree_mois is not None and situation.duree_mois < DUREE_TRAVAUX_COURTS
    if situation.nature == Nature.TRAVAUX and courts:
        return (*DEROGATIONS_MARCHE, Derogation.TRAVAUX_COURTS)
    return DEROGATIONS_MARCHE


@dataclass(frozen=True, slots=True)
class Constat:
    """Un point de faisabilité ; `ok` vaut `None` quand on ne sait pas."""

    ok: bool | None
    quoi: str
    phrase: str


def examiner_faisabilite(
    situation: Situation, heures_representees: Decimal | None, *, duree_minimale: int, heures_minimales: int
) -> list[Constat]:
    """Durée, volume, technicité : les trois questions d'un facilitateur avant de proposer des heures."""
    return [
        _constat_duree(situation.duree_mois, duree_minimale),
        _constat_volume(heures_representees, heures_minimales),
        _constat_technicite(situation.technicite),
    ]


def _constat_duree(duree: int | None, minimum: int) -> Constat:
    if duree is None:
        return Constat(None, "Durée", "Durée inconnue.")
    if duree < minimum:
        return Constat(False, "Durée", f"{duree} mois : trop court pour recruter et former, il en faut {minimum}.")
    return Constat(True, "Durée", f"{duree} mois : le temps de recruter et d'accompagner.")


def _constat_volume(volume: Decimal | None, minimum: int) -> Constat:
    if volume is None:
        return Constat(None, "Volume", "Aucun scénario chiffré : calculez les heures pour juger du volume.")
    if volume < minimum:
        return Constat(
            False, "Volume", f"{heures(volume)} : moins que la plus petite mission utile ({heures(minimum)})."
        )
    return Constat(
        True, "Volume", f"{heures(volume)} : de quoi proposer une mission utile (au moins {heures(minimum)})."
    )


def _constat_technicite(technicite: Technicite) -> Constat:
    phrases = {
        Technicite.FAIBLE: (True, "Faible : accessible sans qualification."),
        Technicite.MOYENNE: (True, "Moyenne : accessible avec un tuteur ou une formation courte."),
        Technicite.FORTE: (False, "Forte : prévoyez une formation préalable, l'alternance, ou un autre lot."),
    }
    ok, phrase = phrases[Technicite(technicite)]
    return Constat(ok, "Technicité", phrase)


@dataclass(frozen=True, slots=True)
class Proposition:
    """Une sorte de clause, pourquoi elle convient, et l'article qui la fonde."""

    type: TypeClause
    phrase: str
    article: str


def clauses_adaptees(situation: Situation, constats: Iterable[Constat] = ()) -> list[Proposition]:
    """Les sortes de clause qui conviennent, la plus adaptée d'abord."""
    if situation.est_prive:
        phrase = "Des heures d'insertion convenues au contrat, avec les mêmes outils de suivi."
        return [Proposition(TypeClause.PRIVEE, phrase, "contrat")]
    refus = [constat.quoi for constat in constats if constat.ok is False]
    condition = Proposition(
        TypeClause.CONDITION,
        "Des heures d'insertion dans le cahier des charges : la forme la plus simple à suivre.",
        "L3114-2" if situation.est_concession else "L2112-2",
    )
    critere = Proposition(
        TypeClause.CRITERE,
        "Une note sur la performance d'insertion : l'entreprise dit ce qu'elle sait faire, surtout si le travail est technique.",
        "L3124-5" if situation.est_concession else "L2152-7, R2152-7",
    )
    deux = Proposition(
        TypeClause.CONDITION_ET_CRITERE,
        "Des heures minimales, et une note pour qui fait mieux.",
        f"{condition.article} et {critere.article}",
    )
    propositions = [critere, deux] if refus else [condition, deux, critere]
    if situation.nature == Nature.SERVICES:
        propositions += _propositions_de_services(situation)
    return propositions


def _propositions_de_services(situation: Situation) -> list[Proposition]:
    concession = situation.est_concession
    reserve = Proposition(
        TypeClause.RESERVE,
        "Réservé aux structures d'insertion ou du handicap qui emploient au moins la moitié de personnes éloignées de l'emploi.",
        "L3113-1 et L3113-2" if concession else "L2113-12 à L2113-14",
    )
    insertion = Proposition(
        TypeClause.MARCHE_INSERTION,
        "L'insertion est l'objet même de l'achat ; le service est le support.",
        "R3126-1" if concession else "R2123-1, 3°",
    )
    return [reserve, insertion] if situation.technicite != Technicite.FORTE else [insertion]
