"""Reprendre d'un coup les heures d'un classeur : ce qui y est écrit est compté."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from declarations.enums import TRANSITIONS_DECLARATION, DecisionLigne, OrigineDeclaration, StatutDeclaration
from declarations.models import Declaration, LigneHeures, Rectification
from declarations.permissions import peut_reprendre_des_heures
from declarations.services.decisions import ecarts
from declarations.services.heures import est_hors_du_contrat, recompter
from declarations.services.validation import clore_rectification, dire_la_rectification
from marches.models import Engagement
from recrutement.models import Contrat
from socle.regles import RegleViolee
from socle.services.masse import creer_en_masse, modifier_en_masse, par_paquets
from socle.services.portee import exiger_les_cles

MOTIF_REPRISE = "Reprise d'un classeur"
CHAMPS_REPRIS = ["heures", "heures_declarees", "heures_formation_comptees", "decision", "motif_decision"]


@transaction.atomic
def reprendre_heures(
    *,
    acteur: Acteur,
    nouvelles: Sequence[tuple[Contrat, datetime.date, Decimal]],
    modifiees: Mapping[int, Decimal],
    a_valider: Collection[tuple[int, datetime.date]] = (),
) -> None:
    """Reprend des heures passées d'un coup : (contrat, mois, heures), et les lignes corrigées {clé: heures}.

    Un mois repris est validé, comme ceux de `a_valider` (engagement, mois) : ce qui est dans un classeur est compté.
    Les bornes d'une ligne sont tenues par la base.
    """
    peut_reprendre_des_heures(acteur).exiger()
    _exiger_la_portee(acteur, nouvelles, modifiees, a_valider)
    for contrat, mois, _ in nouvelles:
        if est_hors_du_contrat(contrat, mois):
            raise RegleViolee("Ce mois est hors des dates du contrat.")
    mois_repris = {(contrat.engagement_id, mois) for contrat, mois, _ in nouvelles} | set(a_valider)
    touches = {engagement for engagement, _ in mois_repris} | _engagements_de(acteur, modifiees)
    for cles in par_paquets(sorted(touches)):
        list(Engagement.objects.select_for_update().filter(pk__in=cles).order_by("pk"))
    _corriger_lignes(acteur, modifiees)
    declarations = _declarer_mois_repris(acteur, mois_repris)
    for paquet in par_paquets(nouvelles):
        lignes = [
            LigneHeures(
                declaration_id=declarations[contrat.engagement_id, mois],
                contrat=contrat,
                mois=mois,
                heures_declarees=heures,
                heures=heures,
                decision=DecisionLigne.ACCEPTEE,
            )
            for contrat, mois, heures in paquet
        ]
        creer_en_masse(lignes, acteur=acteur, motif=MOTIF_REPRISE, controles=False)
    for cles in par_paquets(sorted(touches)):
        recompter(cles)
        _clore_les_rectifications(acteur, cles)


def _exiger_la_portee(
    acteur: Acteur,
    nouvelles: Sequence[tuple[Contrat, datetime.date, Decimal]],
    modifiees: Mapping[int, Decimal],
    a_valider: Collection[tuple[int, datetime.date]],
) -> None:
    """Des heures d'ailleurs n'entrent pas ici, et rien d'ailleurs n'est corrigé ni validé."""
    exiger_les_cles(acteur, Contrat, {contrat.pk for contrat, _, _ in nouvelles})
    engagements = {contrat.engagement_id for contrat, _, _ in nouvelles} | {engagement for engagement, _ in a_valider}
    exiger_les_cles(acteur, Engagement, engagements)
    exiger_les_cles(acteur, LigneHeures, modifiees.keys())


def _clore_les_rectifications(acteur: Acteur, engagements: Collection[int]) -> None:
    """Un mois en cours de rectification que le classeur valide : sa rectification est close, et dite."""
    rectifies = Declaration.objects.validees().filter(
        engagement__in=engagements, rectifications__in=Rectification.objects.ouvertes()
    )
    for declaration in rectifies.avec_contexte().order_by("pk"):
        if rectification := clore_rectification(acteur, declaration):
            dire_la_rectification(acteur, declaration, rectification, ecarts(declaration.lignes.all()))


def _engagements_de(acteur: Acteur, lignes: Mapping[int, Decimal]) -> set[int]:
    engagements: set[int] = set()
    for paquet in par_paquets(sorted(lignes)):
        visibles = LigneHeures.objects.visibles_par(acteur).filter(pk__in=paquet).order_by()
        engagements |= set(visibles.values_list("declaration__engagement_id", flat=True))
    return engagements


def _corriger_lignes(acteur: Acteur, modifiees: Mapping[int, Decimal]) -> None:
    for paquet in par_paquets(sorted(modifiees)):
        lignes = list(LigneHeures.objects.visibles_par(acteur).filter(pk__in=paquet).order_by("pk"))
        for ligne in lignes:
            ligne.heures = modifiees[ligne.pk]
            ligne.heures_formation_comptees = min(ligne.heures_formation_comptees, ligne.heures)
            ligne.heures_declarees = ligne.travail_retenu
            ligne.decision, ligne.motif_decision = DecisionLigne.ACCEPTEE, ""
        modifier_en_masse(lignes, CHAMPS_REPRIS, acteur=acteur, motif=MOTIF_REPRISE)


def _accepter_les_lignes(acteur: Acteur, declarations: Sequence[Declaration]) -> None:
    """Un mois repris d'un classeur est accepté : ses lignes encore à décider le sont aussi."""
    for paquet in par_paquets(declarations):
        lignes = list(LigneHeures.objects.a_decider().filter(declaration__in=paquet).order_by("pk"))
        for ligne in lignes:
            ligne.decision = DecisionLigne.ACCEPTEE
        modifier_en_masse(lignes, ["decision"], acteur=acteur, motif=MOTIF_REPRISE)


def _declarer_mois_repris(
    acteur: Acteur, mois_repris: Collection[tuple[int, datetime.date]]
) -> dict[tuple[int, datetime.date], int]:
    """Crée ou valide les déclarations des mois repris ; rend leurs clés."""
    declarations: dict[tuple[int, datetime.date], int] = {}
    ouvertes: list[Declaration] = []
    for paquet in par_paquets(sorted({engagement for engagement, _ in mois_repris})):
        for declaration in Declaration.objects.filter(engagement__in=paquet).order_by("pk"):
            cle = (declaration.engagement_id, declaration.mois)
            declarations[cle] = declaration.pk
            if cle in mois_repris and not declaration.est_validee:
                ouvertes.append(declaration)
    maintenant = timezone.now()
    for declaration in ouvertes:
        saisie = TRANSITIONS_DECLARATION.appliquer("saisir", declaration.statut)
        declaration.statut = TRANSITIONS_DECLARATION.appliquer("valider", saisie)
        declaration.validee_le, declaration.validee_par = maintenant, acteur.utilisateur
    modifier_en_masse(ouvertes, ["statut", "validee_le", "validee_par"], acteur=acteur)
    _accepter_les_lignes(acteur, ouvertes)
    nouvelles = [
        Declaration(
            engagement_id=engagement,
            mois=mois,
            statut=StatutDeclaration.VALIDEE,
            origine=OrigineDeclaration.REPRISE,
            validee_le=maintenant,
            validee_par=acteur.utilisateur,
        )
        for engagement, mois in sorted(mois_repris)
        if (engagement, mois) not in declarations
    ]
    creer_en_masse(nouvelles, acteur=acteur)
    return declarations | {(d.engagement_id, d.mois): d.pk for d in nouvelles}
