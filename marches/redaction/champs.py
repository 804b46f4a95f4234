"""Ce qu'un texte de clause sait d'un marché : ses champs, ses conditions, le tableau de ses lots, et ce qui manque encore."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from beneficiaires.enums import CodeCritere
from marches.enums import Assiette, Forme, TypeClause
from marches.etude import base_du_marche
from marches.models import Lot, Marche, ReglagesClause
from socle.nombres import euros, heures

CHAMPS = {
    "reference": "la référence du marché",
    "objet": "l'objet du marché",
    "acheteur": "le maître d'ouvrage",
    "base_juridique": "les articles qui fondent la clause, à la date de la consultation",
    "perimetre": "les prestations que la clause couvre, lot par lot",
    "facilitateur": "le nom et les coordonnées du facilitateur",
    "publics": "les publics visés",
    "heures": "les heures de chaque lot, telles que le contrat les fixe",
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
    "penalites": "le marché fixe des pénalités",
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


def sujet_du_marche(marche: Marche, lots: Sequence[Lot], reglages: ReglagesClause) -> Sujet:
    """Lit un marché, ses lots (engagements et tranches préchargés) et les coordonnées de la structure."""
    base = base_du_marche(marche)
    penalites = marche.penalite_par_heure is not None or marche.penalite_par_jour is not None
    champs = {
        "reference": marche.reference,
        "objet": marche.objet,
        "acheteur": marche.maitre_ouvrage.nom,
        "base_juridique": base.articles,
        "perimetre": _perimetre(lots),
        "facilitateur": _facilitateur(marche, reglages),
        "publics": " ; ".join(CodeCritere(code).label for code in marche.publics_vises if code in CodeCritere.values),
        "heures": _heures_en_mots(lots),
        "debut": f"{marche.debut:%d/%m/%Y}",
        "fin": f"{marche.fin_prevue:%d/%m/%Y}",
        "penalite_heure": euros(marche.penalite_par_heure or Decimal(0)),
        "penalite_jour": euros(marche.penalite_par_jour or Decimal(0)),
    }
    nombres = {
        f"lot {lot.numero}": str(lot.heures_contractuelles) for lot in lots if lot.heures_contractuelles is not None
    }
    return Sujet(
        champs=champs,
        conditions=frozenset(_conditions(marche, lots, penalites)),
        tableau=_tableau(lots),
        nombres={
            **nombres,
            "pénalité par heure": str(marche.penalite_par_heure),
            "pénalité par jour": str(marche.penalite_par_jour),
        },
        manques=tuple(_manques(marche, lots, reglages)),
    )


def _conditions(marche: Marche, lots: Sequence[Lot], penalites: bool):
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
    yield "penalites" if penalites else "sans_penalites"


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
