"""L'étude d'un projet d'achat : ce que le droit demande, ce qui est faisable, la clause qui convient. Sans requête."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from beneficiaires.enums import CodeCritere
from marches.cadre_legal import (
    Constat,
    Obligation,
    Proposition,
    Situation,
    clauses_adaptees,
    examiner_faisabilite,
    examiner_obligation,
)
from marches.enums import Forme, Nature, Technicite, TypeAcheteur, TypeMaitreOuvrage
from marches.models import Marche, ProjetAchat, ReglagesClause
from marches.redaction.bases import BaseJuridique, base_juridique

# L'acheteur au sens des seuils européens, quand aucune étude ne l'a dit ; les autres maîtres d'ouvrage sont des collectivités.
ACHETEURS = {
    TypeMaitreOuvrage.ETAT: TypeAcheteur.CENTRAL,
    TypeMaitreOuvrage.ENTREPRISE_PUBLIQUE: TypeAcheteur.ENTITE,
    TypeMaitreOuvrage.PRIVE: TypeAcheteur.PRIVE,
}


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


def situation_du_marche(marche: Marche) -> Situation:
    """Le marché né d'un projet garde ce que l'étude en sait ; un autre se lit tel qu'il est saisi."""
    if projet := getattr(marche, "projet", None):
        return situation_du_projet(projet, marche.date_du_droit)
    return Situation(
        nature=Nature(marche.nature),
        forme=Forme(marche.forme),
        acheteur=ACHETEURS.get(TypeMaitreOuvrage(marche.maitre_ouvrage.type), TypeAcheteur.COLLECTIVITE),
        date=marche.date_du_droit,
        montant=marche.montant_ht,
    )


def obligation_du_marche(marche: Marche) -> Obligation:
    """La condition sociale est-elle due par ce marché ?"""
    return examiner_obligation(situation_du_marche(marche))


def base_du_marche(marche: Marche, type_clause: str = "") -> BaseJuridique:
    """Les articles qui fondent la clause d'un marché, ou d'un lot dont la sorte est `type_clause`.

    L'obligation n'est citée que si le marché y est soumis et que l'acheteur n'en est pas dispensé.
    """
    projet = getattr(marche, "projet", None)
    dispense = projet is not None and bool(projet.derogation)
    obligatoire = obligation_du_marche(marche).soumis is True and not dispense
    return base_juridique(
        marche.date_du_droit, type_clause or marche.type_clause, marche.forme, obligatoire=obligatoire
    )


def publics_proposes(reglages: ReglagesClause) -> list[str]:
    """À cocher d'avance : ceux que la structure a réglés, à défaut tous ceux qu'un critère définit."""
    return reglages.publics_vises or [code for code in CodeCritere.values if code != CodeCritere.AUTRE]


def reglages_de(structure) -> ReglagesClause:
    """Les réglages de la structure, ou ceux par défaut tant qu'elle n'a rien réglé."""
    return getattr(structure, "reglages_clause", None) or ReglagesClause(structure=structure)
