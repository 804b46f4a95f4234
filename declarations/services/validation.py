"""Valider un mois, le rouvrir pour le rectifier, valider d'un coup ceux qui sont sans alerte."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from declarations.enums import TRANSITIONS_DECLARATION, StatutDeclaration
from declarations.models import Declaration, LigneHeures
from declarations.permissions import peut_rouvrir, peut_valider
from declarations.services.avis_du_mois import avis_du_mois
from declarations.services.decisions import (
    ACCEPTER,
    Decision,
    appliquer_decisions,
    ecarts,
    exiger_sans_nom,
    lignes_du_mois,
    valeurs_a_decider,
    verrouiller_le_mois,
)
from declarations.services.declarations import ecrire_a_l_entreprise
from declarations.services.heures import compter_la_formation, recompter
from declarations.services.rectifications import clore_rectification, dire_la_rectification, ouvrir_rectification
from declarations.signaux import MoisControle, controler
from socle.regles import RegleViolee
from socle.services.journal import declarer_actions, noter
from socle.versions import exiger_version

declarer_actions(
    mois_valide="Mois validé",
    mois_rouvert="Mois rouvert pour être rectifié",
    mois_rectifie="Mois rectifié",
)
LOT_MAXIMAL = 200


@transaction.atomic
def valider_mois(
    *,
    acteur: Acteur,
    declaration: Declaration,
    decisions: Mapping[int, Decision] | None = None,
    accepter_le_reste: bool = False,
    version: str = "",
) -> Declaration:
    """Valide le mois : ses heures comptent désormais. Un mois déjà validé reste comme il est (second clic).

    Chaque ligne est décidée : avant, par `decisions`, ou par `accepter_le_reste` qui accepte celles qui ne le sont pas.
    """
    declaration = verrouiller_le_mois(declaration)
    if declaration.est_validee:
        return declaration
    return _valider(acteur, declaration, decisions or {}, accepter_le_reste, version)


def _valider(
    acteur: Acteur,
    declaration: Declaration,
    decisions: Mapping[int, Decision],
    accepter_le_reste: bool,
    version: str,
) -> Declaration:
    """Valide un mois déjà verrouillé."""
    peut_valider(acteur, declaration).exiger()
    lignes = lignes_du_mois(declaration)
    exiger_version(version, valeurs_a_decider(declaration, lignes))
    if not lignes:
        raise RegleViolee("Ce mois n'a aucune ligne : saisissez les heures, 0 compris, avant de valider.")
    _decider_de_tout(acteur, declaration, lignes, decisions, accepter_le_reste)
    compter_la_formation(declaration)
    declaration.statut = TRANSITIONS_DECLARATION.appliquer("valider", declaration.statut)
    declaration.validee_le, declaration.validee_par = timezone.now(), acteur.utilisateur
    declaration.save()
    recompter([declaration.engagement_id])
    _dire_et_noter(acteur, declaration)
    return declaration


def _decider_de_tout(
    acteur: Acteur,
    declaration: Declaration,
    lignes: list[LigneHeures],
    decisions: Mapping[int, Decision],
    accepter_le_reste: bool,
) -> None:
    toutes = dict(decisions)
    if accepter_le_reste:
        toutes |= {ligne.pk: ACCEPTER for ligne in lignes if not ligne.est_decidee and ligne.pk not in toutes}
    appliquer_decisions(acteur, declaration, lignes, toutes)
    if reste := sum(not ligne.est_decidee for ligne in lignes):
        raise RegleViolee(
            f"Il reste {reste} ligne{'s' if reste > 1 else ''} à décider : acceptez, retenez une part ou refusez."
        )


def _dire_et_noter(acteur: Acteur, declaration: Declaration) -> None:
    lignes = lignes_du_mois(declaration)
    dits = ecarts(lignes)
    if rectification := clore_rectification(acteur, declaration):
        declaration.dit_a = dire_la_rectification(acteur, declaration, rectification, dits)
    elif dits:
        declaration.dit_a = ecrire_a_l_entreprise(acteur, declaration, "courriels/heures_ecartees", {"ecarts": dits})
    noter(
        acteur=acteur,
        action="mois_rectifie" if rectification else "mois_valide",
        objet=declaration.engagement.lot.marche,
        mois=declaration.mois,
        heures=declaration.lignes.all().total(),
    )


@transaction.atomic
def rouvrir_mois(*, acteur: Acteur, declaration: Declaration, motif: str) -> Declaration:
    """Rouvre un mois validé pour le rectifier. Le motif est obligatoire ; ce qui comptait avant est gardé."""
    declaration = verrouiller_le_mois(declaration)
    peut_rouvrir(acteur, declaration).exiger()
    if not motif.strip():
        raise RegleViolee("Dites pourquoi ce mois est rectifié.", champ="motif")
    exiger_sans_nom(motif, [ligne.contrat.beneficiaire for ligne in lignes_du_mois(declaration)], "motif")
    rectification = ouvrir_rectification(acteur, declaration, motif.strip())
    declaration.statut = TRANSITIONS_DECLARATION.appliquer("rouvrir", declaration.statut)
    declaration.validee_le = declaration.validee_par = None
    declaration.save()
    recompter([declaration.engagement_id])
    noter(
        acteur=acteur,
        action="mois_rouvert",
        objet=declaration.engagement.lot.marche,
        mois=declaration.mois,
        motif=motif.strip(),
        heures=rectification.total_avant,
    )
    declaration.dit_a = avis_du_mois(declaration, quand="Quand vous validerez de nouveau, si un total change")
    return declaration


@dataclass(slots=True)
class ValidationDuLot:
    """Ce qu'un lot a donné : les mois validés, et pour chacun des autres, pourquoi."""

    valides: list[Declaration] = field(default_factory=list)
    laisses: list[tuple[Declaration, str]] = field(default_factory=list)
    total: Decimal = Decimal(0)


def mois_du_lot(acteur: Acteur, demandes: Mapping[uuid.UUID, str]) -> list[Declaration]:
    """Les mois demandés, {uuid: version vue}. Un seul hors de la portée, et le lot entier est refusé."""
    if not demandes:
        raise RegleViolee("Cochez au moins un mois.")
    if len(demandes) > LOT_MAXIMAL:
        raise RegleViolee(f"Pas plus de {LOT_MAXIMAL} mois à la fois.")
    visibles = Declaration.objects.visibles_par(acteur).filter(uuid__in=demandes).avec_contexte().a_controler()
    declarations = list(visibles.order_by("mois", "pk"))
    if len(declarations) != len(demandes):
        raise RegleViolee("Un de ces mois n'est pas de votre structure : rien n'a été validé.")
    return declarations


def trier_le_lot(
    declarations: list[Declaration], demandes: Mapping[uuid.UUID, str]
) -> tuple[list[tuple[Declaration, MoisControle]], list[tuple[Declaration, str]]]:
    """Sépare ce qui serait validé de ce qui resterait, et pourquoi. N'écrit rien."""
    controles = controler(declarations)
    prets, laisses = [], []
    for declaration in declarations:
        controle = controles[declaration.pk]
        if obstacle := _obstacle(declaration, controle, demandes[declaration.uuid]):
            laisses.append((declaration, obstacle))
        else:
            prets.append((declaration, controle))
    return prets, laisses


def _obstacle(declaration: Declaration, controle: MoisControle, version: str) -> str:
    """Ce qui empêche de valider un mois d'un clic, relu maintenant ; vide si rien."""
    if declaration.est_validee:
        return "Déjà validé."
    if declaration.statut != StatutDeclaration.A_VALIDER:
        return "N'est plus à valider."
    if not controle.lignes:
        return "Aucune ligne."
    if controle.nombre:
        return f"{controle.nombre} alerte{'s' if controle.nombre > 1 else ''} à regarder."
    try:
        exiger_version(version, valeurs_a_decider(declaration, [ligne for ligne, _ in controle.lignes]))
    except ValidationError:
        return "Modifié depuis : relisez-le."
    return ""


def valider_sans_alerte(*, acteur: Acteur, demandes: Mapping[uuid.UUID, str]) -> ValidationDuLot:
    """Valide les mois sans alerte d'un lot, chacun dans sa transaction : l'échec de l'un ne défait pas les autres."""
    lot = ValidationDuLot()
    for declaration in mois_du_lot(acteur, demandes):
        try:
            obstacle = _valider_si_rien_n_etonne(acteur, declaration, demandes[declaration.uuid])
        except (ValidationError, PermissionDenied) as refus:
            obstacle = " ".join(getattr(refus, "messages", [])) or str(refus)
        if obstacle:
            lot.laisses.append((declaration, obstacle))
        else:
            lot.valides.append(declaration)
            lot.total += declaration.lignes.all().total()
    return lot


@transaction.atomic
def _valider_si_rien_n_etonne(acteur: Acteur, declaration: Declaration, version: str) -> str:
    verrouillee = verrouiller_le_mois(declaration)
    verrouillee.suspendu_le, verrouillee.sans_preuve = declaration.suspendu_le, declaration.sans_preuve
    # Relu sous le verrou : l'entreprise a pu annoncer quelqu'un depuis.
    verrouillee.a_rattacher = verrouillee.personnes_annoncees.a_traiter().count()
    controle = controler([verrouillee])[verrouillee.pk]
    if obstacle := _obstacle(verrouillee, controle, version):
        return obstacle
    _valider(acteur, verrouillee, {}, True, "")
    return ""
