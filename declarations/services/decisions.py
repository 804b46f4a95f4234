"""Décider d'un mois déclaré : rendre le mois à l'entreprise, ou, ligne à ligne, accepter, retenir une part, refuser."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from beneficiaires.sans_nom import exiger_sans_nom
from comptes.acteur import Acteur
from declarations.cases import case
from declarations.enums import TRANSITIONS_DECLARATION, TRANSITIONS_LIGNE, DecisionLigne
from declarations.models import Declaration, LigneHeures
from declarations.permissions import peut_decider, peut_rendre
from declarations.services.avis_du_mois import ecrire_a_l_entreprise
from declarations.services.heures import compter_la_formation
from declarations.services.sans_critere import consigner_les_motifs
from declarations.services.verrou import verrouiller_le_mois
from recrutement.eligibilite import derniers_jours_valorisables, verdict_du_mois
from socle.regles import RegleViolee
from socle.services.journal import declarer_actions, noter
from socle.services.masse import modifier_en_masse
from socle.versions import exiger_version

declarer_actions(lignes_decidees="Lignes d'heures décidées", declaration_rendue="Déclaration rendue à l'entreprise")
CHAMPS_DECIDES = ["decision", "motif_decision", "heures", "heures_formation_comptees"]
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Decision:
    """Ce que le facilitateur fait d'une ligne : un geste de `TRANSITIONS_LIGNE`, les heures retenues, le motif."""

    geste: str
    retenues: Decimal | None = None
    motif: str = ""


ACCEPTER = Decision("accepter")


def valeurs_a_decider(declaration: Declaration, lignes: Iterable[LigneHeures]) -> dict[str, Any]:
    """Ce que montre la page des décisions : sa version en est l'empreinte."""
    valeurs: dict[str, Any] = {"statut": declaration.statut}
    for ligne in lignes:
        valeurs |= {
            case("declarees", ligne): ligne.heures_declarees,
            case("formation", ligne): ligne.heures_formation,
            case("decision", ligne): ligne.decision if ligne.est_decidee else "",
            case("retenues", ligne): _retenues_a_la_main(ligne),
            case("motif", ligne): ligne.motif_decision,
            case("sans_critere", ligne): ligne.contrat.motif_sans_critere,
        }
    return valeurs


def _retenues_a_la_main(ligne: LigneHeures) -> Decimal | None:
    return ligne.travail_retenu if ligne.decision == DecisionLigne.PARTIELLE else None


def lignes_du_mois(declaration: Declaration) -> list[LigneHeures]:
    contexte = declaration.lignes.select_related(
        "contrat__beneficiaire", "contrat__engagement__lot__marche", "contrat__sans_critere"
    )
    return list(contexte.order_by("contrat__beneficiaire__nom_plie", "pk"))


@transaction.atomic
def decider_lignes(
    *,
    acteur: Acteur,
    declaration: Declaration,
    decisions: Mapping[int, Decision],
    sans_critere: Mapping[int, str] | None = None,
    version: str = "",
) -> Declaration:
    """Enregistre les décisions, {clé de la ligne: décision} ; les autres lignes restent comme elles sont.

    `sans_critere` : {clé de la ligne: pourquoi ses heures comptent}, d'une personne sans critère.
    """
    declaration = verrouiller_le_mois(acteur, declaration)
    peut_decider(acteur, declaration).exiger()
    lignes = lignes_du_mois(declaration)
    exiger_version(version, valeurs_a_decider(declaration, lignes))
    if changees := appliquer_decisions(acteur, declaration, lignes, decisions):
        comptes = Counter(ligne.decision for ligne in changees)
        noter(
            acteur=acteur,
            action="lignes_decidees",
            objet=declaration.engagement.lot.marche,
            mois=declaration.mois,
            **{decision: comptes[decision] for decision in DecisionLigne.values if comptes[decision]},
        )
    consigner_les_motifs(acteur, lignes, sans_critere or {})
    return declaration


def appliquer_decisions(
    acteur: Acteur, declaration: Declaration, lignes: Iterable[LigneHeures], decisions: Mapping[int, Decision]
) -> list[LigneHeures]:
    """Applique des décisions à un mois déjà verrouillé ; rend les lignes qui changent."""
    visees = [ligne for ligne in lignes if ligne.pk in decisions]
    derniers = derniers_jours_valorisables([ligne.contrat for ligne in visees])
    changees = []
    for ligne in visees:
        avant = _etat(ligne)
        _decider(ligne, decisions[ligne.pk])
        if avant == _etat(ligne):
            continue
        if not (verdict := verdict_du_mois(derniers[ligne.contrat_id], ligne.mois, ligne.heures)):
            raise RegleViolee(verdict.motif, champ=case("decision", ligne))
        changees.append(ligne)
    modifier_en_masse(changees, CHAMPS_DECIDES, acteur=acteur)
    if any(ligne.heures_formation for ligne in changees):
        compter_la_formation(declaration)
    return changees


def _etat(ligne: LigneHeures) -> tuple:
    return tuple(getattr(ligne, champ) for champ in CHAMPS_DECIDES)


def _decider(ligne: LigneHeures, decision: Decision) -> None:
    ligne.decision = TRANSITIONS_LIGNE.appliquer(decision.geste, ligne.decision)
    ligne.motif_decision = decision.motif.strip() if ligne.est_ecartee else ""
    if ligne.est_ecartee:
        _exiger_le_motif(ligne)
    if ligne.decision == DecisionLigne.REFUSEE:
        ligne.heures = ligne.heures_formation_comptees = ZERO
        return
    retenues = ligne.heures_declarees
    if ligne.decision == DecisionLigne.PARTIELLE:
        retenues = _part_retenue(ligne, decision.retenues)
    ligne.heures = retenues + ligne.heures_formation_comptees


def _exiger_le_motif(ligne: LigneHeures) -> None:
    champ = case("motif", ligne)
    if not ligne.motif_decision:
        raise RegleViolee("Dites pourquoi : l'entreprise le lira.", champ=champ)
    exiger_sans_nom(ligne.motif_decision, [ligne.contrat.beneficiaire], champ)


def _part_retenue(ligne: LigneHeures, retenues: Decimal | None) -> Decimal:
    champ = case("retenues", ligne)
    if retenues is None:
        raise RegleViolee("Donnez les heures retenues.", champ=champ)
    if not ZERO <= retenues < ligne.heures_declarees:
        raise RegleViolee("Les heures retenues sont moins que les heures déclarées.", champ=champ)
    if not retenues and not ligne.heures_formation:
        raise RegleViolee("Pour ne rien retenir, refusez la ligne.", champ=champ)
    return retenues


@dataclass(frozen=True, slots=True)
class Ecarts:
    """Ce qui n'est pas retenu d'un mois, sans un nom : des heures, et combien de lignes pour chaque motif."""

    declarees: Decimal
    retenues: Decimal
    motifs: tuple[tuple[str, str, int], ...]

    def __bool__(self) -> bool:
        return bool(self.motifs)


def ecarts(lignes: Iterable[LigneHeures]) -> Ecarts:
    """Ce que l'entreprise doit savoir des lignes réduites ou refusées."""
    lignes = list(lignes)
    comptes = Counter((ligne.get_decision_display(), ligne.motif_decision) for ligne in lignes if ligne.est_ecartee)
    return Ecarts(
        declarees=sum((ligne.heures_declarees for ligne in lignes), ZERO),
        retenues=sum((ligne.travail_retenu for ligne in lignes), ZERO),
        motifs=tuple((decision, motif, nombre) for (decision, motif), nombre in sorted(comptes.items())),
    )


@transaction.atomic
def rendre_declaration(*, acteur: Acteur, declaration: Declaration, motif: str) -> Declaration:
    """Rend la déclaration avec ce qui est à corriger ; `dit_a` : qui le reçoit par courriel."""
    declaration = verrouiller_le_mois(acteur, declaration)
    peut_rendre(acteur, declaration).exiger()
    if not motif.strip():
        raise RegleViolee("Dites ce qui est à corriger.", champ="motif")
    declaration.motif_retour = motif.strip()
    declaration.full_clean()
    declaration.statut = TRANSITIONS_DECLARATION.appliquer("rendre", declaration.statut)
    declaration.save()
    contexte = {"ecarts": ecarts(declaration.lignes.all())}
    declaration.dit_a = ecrire_a_l_entreprise(acteur, declaration, "courriels/declaration_rendue", contexte)
    marche = declaration.engagement.lot.marche
    noter(acteur=acteur, action="declaration_rendue", objet=marche, mois=declaration.mois, motif=motif.strip())
    return declaration
