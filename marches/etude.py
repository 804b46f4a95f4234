"""L'étude d'un projet d'achat : ce que le droit demande, ce qui est faisable, la clause qui convient. Sans requête."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from marches.cadre_legal import (
    Constat,
    Obligation,
    Proposition,
    Situation,
    clauses_adaptees,
    examiner_faisabilite,
    examiner_obligation,
)
from marches.enums import Forme, Nature, Technicite, TypeAcheteur
from marches.models import Marche, ProjetAchat, ReglagesClause
from marches.redaction.bases import BaseJuridique, base_juridique


@dataclass(frozen=True, slots=True)
class Etude:
    """Les réponses de la page d'étude, dans l'ordre où un facilitateur se les pose."""

    obligation: Obligation
    constats: list[Constat]
    propositions: list[Proposition]


def situation_du_projet(projet: ProjetAchat, aujourd_hui: datetime.date) -> Situation:
    return Situation(
        nature=Nature(projet.nature),
        forme=Forme(projet.forme),
        acheteur=TypeAcheteur(projet.type_acheteur),
        date=projet.date_du_droit(aujourd_hui),
        montant=projet.montant_estime_ht,
        duree_mois=projet.duree_mois,
        technicite=Technicite(projet.technicite),
        defense=projet.defense,
        services_sociaux=projet.services_sociaux,
    )


def etudier(projet: ProjetAchat, reglages: ReglagesClause, heures: Decimal | None, aujourd_hui: datetime.date) -> Etude:
    """L'étude d'un projet pour `heures` d'insertion (celles du scénario retenu, s'il y en a un)."""
    situation = situation_du_projet(projet, aujourd_hui)
    constats = examiner_faisabilite(
        situation,
        heures,
        duree_minimale=reglages.duree_minimale_mois,
        heures_minimales=reglages.heures_minimales,
    )
    return Etude(examiner_obligation(situation), constats, clauses_adaptees(situation, constats))


def base_du_marche(marche: Marche) -> BaseJuridique:
    """Les articles qui fondent la clause d'un marché ; né d'un projet, ceux que son étude a dits.

    Sans projet, rien ne dit le montant estimé : le texte cite la faculté et l'obligation, comme le veut la date.
    """
    projet = getattr(marche, "projet", None)
    facultative = projet is not None and _est_facultative(projet, marche.date_du_droit)
    return base_juridique(marche.date_du_droit, marche.type_clause, marche.forme, facultative=facultative)


def _est_facultative(projet: ProjetAchat, le: datetime.date) -> bool:
    return examiner_obligation(situation_du_projet(projet, le)).soumis is False


def reglages_de(structure) -> ReglagesClause:
    """Les réglages de la structure, ou ceux par défaut tant qu'elle n'a rien réglé."""
    return getattr(structure, "reglages_clause", None) or ReglagesClause(structure=structure)
