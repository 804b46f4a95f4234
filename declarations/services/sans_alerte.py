"""Valider d'un coup les mois sans alerte : trier ce qui peut l'être, dire pourquoi le reste attend."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from comptes.acteur import Acteur
from declarations.enums import StatutDeclaration
from declarations.models import Declaration
from declarations.permissions import peut_tenir_les_mois
from declarations.services.decisions import valeurs_a_decider
from declarations.services.validation import valider_le_verrouille
from declarations.services.verrou import verrouiller_le_mois
from declarations.signaux import MoisControle, controler
from socle.regles import RegleViolee
from socle.versions import exiger_version

LOT_MAXIMAL = 200


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
    peut_tenir_les_mois(acteur).exiger()
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


def valider_un_mois_sans_alerte(*, acteur: Acteur, declaration: Declaration) -> None:
    """Le même geste pour un seul ; lève `RegleViolee` si quelque chose y étonne, ou s'il n'attend pas d'être validé."""
    peut_tenir_les_mois(acteur).exiger()
    (lue,) = mois_du_lot(acteur, {declaration.uuid: ""})
    if obstacle := _valider_si_rien_n_etonne(acteur, lue, ""):
        raise RegleViolee(obstacle)


@transaction.atomic
def _valider_si_rien_n_etonne(acteur: Acteur, declaration: Any, version: str) -> str:
    """`declaration` : lue avec `a_controler`."""
    verrouillee: Any = verrouiller_le_mois(acteur, declaration)
    verrouillee.suspendu_le, verrouillee.sans_preuve = declaration.suspendu_le, declaration.sans_preuve
    # Relu sous le verrou : l'entreprise a pu annoncer quelqu'un depuis.
    verrouillee.a_rattacher = verrouillee.personnes_annoncees.a_traiter().count()
    controle = controler([verrouillee])[verrouillee.pk]
    if obstacle := _obstacle(verrouillee, controle, version):
        return obstacle
    declaration.dit_a = valider_le_verrouille(acteur, verrouillee, {}, True, "", {}).dit_a
    return ""
