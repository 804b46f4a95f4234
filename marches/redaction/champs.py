"""Ce qu'un texte de clause sait d'un marché : ses champs, ses conditions, le tableau de ses lots, et ce qui manque encore."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from beneficiaires.enums import CodeCritere
from beneficiaires.models import ReglagesEligibilite
from marches.eligibilite import regle_du_marche
from marches.enums import Assiette, Forme, TypeClause
from marches.etude import base_du_marche
from marches.models import Lot, Marche, ReglagesClause
from socle.nombres import euros, heures, pourcent

CHAMPS = {
    "reference": "la référence du marché",
    "objet": "l'objet du marché",
    "lot": "le lot de la pièce, ou tous les lots d'une pièce commune",
    "acheteur": "le maître d'ouvrage",
    "base_juridique": "les articles qui fondent la clause, à la date de la consultation",
    "perimetre": "les prestations que la clause couvre, lot par lot",
    "facilitateur": "le nom et les coordonnées du facilitateur",
    "publics": "les publics visés",
    "heures": "les heures du lot de la pièce, ou de chaque lot, telles que le contrat les fixe",
    "eligibilite": "la durée d'éligibilité du marché, à défaut de la structure",
    "interruption": "le temps sans contrat qui rouvre l'éligibilité",
    "duree_cdi": "le temps pendant lequel les heures d'un CDI comptent",
    "plafond_formation": "la part des heures dues que la formation peut couvrir",
    "debut": "le début d'exécution",
    "fin": "la fin prévue",
    "penalite_heure": "la pénalité par heure manquante",
    "penalite_jour": "la pénalité par jour de retard",
}
CONDITIONS = {
    "condition": "la clause est une condition d'exécution",
    "critere": "l'insertion est un critère d'attribution",
    "reserve": "le marché est réservé",
    "insertion": "l'insertion est l'objet du marché",
    "privee": "le contrat est privé",
    "accord_cadre": "un lot compte ses heures sur les commandes ou les factures",
    "tranches": "un lot a des tranches optionnelles",
    "groupement": "un lot a plusieurs entreprises",
    "eligibilite_rouverte": "une interruption sans contrat rouvre l'éligibilité",
    "regle_cdi": "le marché a une règle pour les CDI",
    "formation_non": "les heures de formation ne comptent pas",
    "formation_oui": "les heures de formation comptent toutes",
    "formation_plafonnee": "les heures de formation comptent jusqu'à un plafond",
    "mensuelle": "les heures se déclarent chaque mois",
    "trimestrielle": "les heures se déclarent chaque trimestre",
    "penalites": "le marché fixe des pénalités",
    "penalites_heure": "le marché fixe une pénalité par heure manquante",
    "penalites_jour": "le marché fixe une pénalité par jour de retard",
    "mise_en_demeure": "les jours de retard ne courent qu'après une mise en demeure",
    "sans_mise_en_demeure": "les jours de retard courent dès l'échéance",
    "sans_penalites": "le marché n'en fixe pas",
}
# Les CCAG de 2021 (art. 16.1 des CCAG FCS, MI, PI, TIC ; 20.1 du CCAG Travaux) : la clause dit au moins ces quatre choses.
OBLIGATOIRES = ("perimetre", "facilitateur", "publics", "heures")


@dataclass(frozen=True, slots=True)
class Sujet:
    """Tout ce qu'il faut pour remplir un modèle, et les nombres que le texte emploie."""

    champs: dict[str, str]
    conditions: frozenset[str]
    tableau: tuple[tuple[str, ...], ...]
    nombres: dict[str, str]
    manques: tuple[tuple[str, str], ...]


def sujet_du_marche(
    marche: Marche, lots: Sequence[Lot], reglages: ReglagesClause, eligibilite: ReglagesEligibilite
) -> Sujet:
    """Lit un marché, les lots de la pièce (engagements et tranches préchargés) et les réglages de la structure."""
    au_contrat = {
        f"lot {lot.numero}": str(lot.heures_contractuelles) for lot in lots if lot.heures_contractuelles is not None
    }
    penalites = {
        "pénalité par heure": str(marche.penalite_par_heure),
        "pénalité par jour": str(marche.penalite_par_jour),
    }
    return Sujet(
        champs=_champs(marche, lots, reglages) | _champs_des_regles(marche, eligibilite),
        conditions=frozenset((*_conditions(marche, lots), *_conditions_des_regles(marche, eligibilite))),
        tableau=_tableau(lots),
        nombres=au_contrat | penalites,
        manques=tuple(_manques(marche, lots, reglages)),
    )


def _champs(marche: Marche, lots: Sequence[Lot], reglages: ReglagesClause) -> dict[str, str]:
    return {
        "reference": marche.reference,
        "objet": marche.objet,
        "lot": _lots_en_mots(lots),
        "acheteur": marche.maitre_ouvrage.nom,
        "base_juridique": base_du_marche(marche).articles,
        "perimetre": _perimetre(lots),
        "facilitateur": _facilitateur(marche, reglages),
        "publics": " ; ".join(CodeCritere(code).label for code in marche.publics_vises if code in CodeCritere.values),
        "heures": _heures_en_mots(lots),
        "debut": f"{marche.debut:%d/%m/%Y}",
        "fin": f"{marche.fin_prevue:%d/%m/%Y}",
    }


def _champs_des_regles(marche: Marche, eligibilite: ReglagesEligibilite) -> dict[str, str]:
    """Ce que le marché fixe lui-même, à défaut ce que règle la structure."""
    regle = regle_du_marche(marche, eligibilite)
    return {
        "eligibilite": f"{regle.duree_mois} mois",
        "interruption": f"{regle.interruption_mois} mois" if regle.interruption_mois else "",
        "duree_cdi": f"{regle.cdi_mois} mois" if regle.cdi_mois else "",
        "plafond_formation": pourcent(marche.plafond_formation, None),
        "penalite_heure": euros(marche.penalite_par_heure or Decimal(0)),
        "penalite_jour": euros(marche.penalite_par_jour or Decimal(0)),
    }


def _conditions(marche: Marche, lots: Sequence[Lot]):
    par_type = {
        TypeClause.CONDITION: ("condition",),
        TypeClause.CRITERE: ("critere",),
        TypeClause.CONDITION_ET_CRITERE: ("condition", "critere"),
        TypeClause.RESERVE: ("reserve", "condition"),
        TypeClause.MARCHE_INSERTION: ("insertion", "condition"),
        TypeClause.PRIVEE: ("privee", "condition"),
    }
    yield from par_type[TypeClause(marche.type_clause)]
    if any(lot.assiette != Assiette.CONTRAT for lot in lots) or marche.forme == Forme.ACCORD_CADRE:
        yield "accord_cadre"
    if any(tranche.optionnelle for lot in lots for tranche in lot.tranches.all()):
        yield "tranches"
    if any(len(lot.engagements.all()) > 1 for lot in lots):
        yield "groupement"


def _conditions_des_regles(marche: Marche, eligibilite: ReglagesEligibilite):
    par_heure, par_jour = marche.penalite_par_heure is not None, marche.penalite_par_jour is not None
    presentes = {
        "eligibilite_rouverte": regle_du_marche(marche, eligibilite).interruption_mois is not None,
        "regle_cdi": bool(marche.regle_cdi_mois),
        f"formation_{marche.formation_comptee}": True,
        str(marche.periodicite): True,
        "penalites": par_heure or par_jour,
        "penalites_heure": par_heure,
        "penalites_jour": par_jour,
        "mise_en_demeure": par_jour and marche.mise_en_demeure_prealable,
        "sans_mise_en_demeure": par_jour and not marche.mise_en_demeure_prealable,
        "sans_penalites": not (par_heure or par_jour),
    }
    yield from (condition for condition, presente in presentes.items() if presente)


def _lots_en_mots(lots: Sequence[Lot]) -> str:
    if len(lots) == 1:
        return f"lot {lots[0].numero} ({lots[0].intitule})"
    return f"lots {', '.join(lot.numero for lot in lots)}"


def regle_du_lot(lot: Lot) -> str:
    """Les heures d'un lot comme le contrat les dit : un nombre, ou une règle et une estimation."""
    estimees = heures(lot.heures_contractuelles) if lot.heures_contractuelles is not None else ""
    if lot.assiette == Assiette.CONTRAT:
        return estimees or "à fixer"
    quoi = "commandés" if lot.assiette == Assiette.COMMANDES else "facturés"
    seuil = f" au-delà de {euros(lot.seuil_ht)} HT" if lot.seuil_ht else ""
    regle = f"une heure par tranche entière de {euros(lot.euros_par_heure)} HT {quoi}{seuil}, sur le montant cumulé"
    return f"{regle} (estimation : {estimees})" if estimees else regle


def _heures_en_mots(lots: Sequence[Lot]) -> str:
    if len(lots) == 1:
        return regle_du_lot(lots[0])
    phrases = [f"lot {lot.numero} ({lot.intitule}) : {regle_du_lot(lot)}" for lot in lots]
    au_contrat = (lot.heures_contractuelles for lot in lots if lot.assiette == Assiette.CONTRAT)
    fixes = [dues for dues in au_contrat if dues is not None]
    if fixes and len(fixes) == len(lots):
        phrases[-1] += f", soit {heures(sum(fixes, Decimal(0)))} au total"
    return " ; ".join(phrases)


def _perimetre(lots: Sequence[Lot]) -> str:
    return " ; ".join(
        f"lot {lot.numero} ({lot.intitule}) : {lot.perimetre.strip() or 'toutes les prestations du lot'}"
        for lot in lots
    )


def _facilitateur(marche: Marche, reglages: ReglagesClause) -> str:
    nom = marche.facilitateur.get_full_name() if marche.facilitateur else reglages.contact
    morceaux = [nom, marche.structure.nom, reglages.adresse, reglages.telephone, reglages.courriel]
    return ", ".join(morceau for morceau in morceaux if morceau)


def _tableau(lots: Sequence[Lot]) -> tuple[tuple[str, ...], ...]:
    lignes = [(lot.numero, lot.intitule, regle_du_lot(lot)) for lot in lots]
    return (("Lot", "Intitulé", "Heures d'insertion"), *lignes)


def _manques(marche: Marche, lots: Sequence[Lot], reglages: ReglagesClause):
    """Ce qu'il faut compléter avant de produire un texte : (phrase, où)."""
    if not lots:
        yield "Ajoutez au moins un lot : l'obligation se lit lot par lot.", "lots"
    for lot in lots:
        if lot.assiette == Assiette.CONTRAT and lot.heures_contractuelles is None:
            yield f"Fixez les heures contractuelles du lot {lot.numero}.", lot.get_absolute_url()
    if not marche.publics_vises:
        yield "Choisissez les publics visés.", "publics"
    if not (reglages.telephone or reglages.courriel):
        yield "Donnez un téléphone ou un courriel du facilitateur dans les réglages des clauses.", "reglages"
