"""Saisir et reprendre des heures, tenir le compteur de l'engagement : il bouge dans la transaction même qui change."""

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from comptes.acteur import Acteur
from declarations.cases import case
from declarations.enums import TRANSITIONS_DECLARATION, TRANSITIONS_LIGNE, DecisionLigne
from declarations.formation import formation_comptee, plafond_de_formation
from declarations.models import Declaration, LigneHeures
from declarations.permissions import peut_saisir_les_heures, peut_tenir_les_mois
from marches.models import Engagement
from recrutement.eligibilite import derniers_jours_valorisables, verdict_du_mois
from recrutement.models import Contrat
from socle.periodes import dernier_jour, premier_jour
from socle.regles import RegleViolee
from socle.services.enregistrement import changements, ecrire, verrouiller
from socle.services.journal import declarer_actions, noter
from socle.versions import exiger_version

declarer_actions(heures_saisies="Heures saisies")
CENTIEME, ZERO = Decimal("0.01"), Decimal(0)
GESTES = {DecisionLigne.ACCEPTEE: "accepter", DecisionLigne.EN_ATTENTE: "declarer"}


def _declaration_du_mois(engagement: Engagement, mois: datetime.date) -> Declaration:
    """La déclaration du mois, créée au besoin, sous le verrou de l'engagement : deux saisies se suivent."""
    declaration, _ = Declaration.objects.get_or_create(engagement=engagement, mois=premier_jour(mois))
    return declaration


@transaction.atomic
def saisir_heures(
    *,
    acteur: Acteur,
    engagement: Engagement,
    mois: datetime.date,
    heures: Mapping[Contrat, Decimal | None],
    formation: Mapping[Contrat, Decimal | None] | None = None,
    version: str = "",
) -> Declaration:
    """Enregistre le mois, contrat par contrat : heures travaillées, et heures de formation suivies s'il y en a.

    `None` aux deux retire la ligne. Ce qui compte de la formation suit la règle du marché. Ce que la structure tape est
    accepté d'avance ; le mois reste à valider.
    """
    peut_tenir_les_mois(acteur).exiger()
    engagement = verrouiller(Engagement.objects.select_related("lot__marche"), acteur, engagement)
    declaration = _declaration_du_mois(engagement, mois)
    peut_saisir_les_heures(acteur, declaration).exiger()
    exiger_version(version, valeurs_saisies(declaration.lignes.select_related("contrat")))
    poser_le_mois(declaration, heures, formation or {}, par_la_structure=True)
    if (statut := TRANSITIONS_DECLARATION.appliquer("saisir", declaration.statut)) != declaration.statut:
        declaration.statut = statut
        declaration.save(update_fields=["statut", "modifie_le"])
    noter(acteur=acteur, action="heures_saisies", objet=engagement.lot.marche, mois=declaration.mois)
    return declaration


def poser_le_mois(
    declaration: Declaration,
    heures: Mapping[Contrat, Decimal | None],
    formation: Mapping[Contrat, Decimal | None],
    absences: Mapping[Contrat, Decimal | None] | None = None,
    *,
    par_la_structure: bool = False,
) -> None:
    """Écrit les lignes d'un mois déjà verrouillé : saisies par la structure, ou déclarées par l'entreprise.

    L'entreprise déclare ce qui a été travaillé, même après la fin de l'éligibilité : un signal le dira, et rien n'en sera
    retenu. La structure, elle, ne saisit que ce qui compte.
    """
    existantes = {ligne.contrat_id: ligne for ligne in declaration.lignes.all()}
    if par_la_structure:
        _exiger_la_fenetre(declaration, heures, formation)
    for contrat, travaillees in heures.items():
        ligne = existantes.get(contrat.pk)
        absence = absences.get(contrat) if absences is not None else ligne.heures_absence if ligne else None
        decision = DecisionLigne.ACCEPTEE if par_la_structure else DecisionLigne.EN_ATTENTE
        _poser_ligne(declaration, contrat, ligne, travaillees, formation.get(contrat), absence, decision)
    if any(formation.values()) or any(ligne.heures_formation for ligne in existantes.values()):
        compter_la_formation(declaration)


def _exiger_la_fenetre(
    declaration: Declaration,
    heures: Mapping[Contrat, Decimal | None],
    formation: Mapping[Contrat, Decimal | None],
) -> None:
    derniers = derniers_jours_valorisables(heures)
    for contrat, travaillees in heures.items():
        present = sum(valeur for valeur in (travaillees, formation.get(contrat)) if valeur)
        if not (verdict := verdict_du_mois(derniers[contrat.pk], declaration.mois, present)):
            raise RegleViolee(verdict.motif, champ=case("travail", contrat))


def valeurs_saisies(lignes: Iterable[LigneHeures]) -> dict[str, Decimal | None]:
    """Ce que montre la page de saisie : sa version en est l'empreinte."""
    valeurs: dict[str, Decimal | None] = {}
    for ligne in lignes:
        valeurs[case("travail", ligne.contrat)] = ligne.heures_declarees
        valeurs[case("formation", ligne.contrat)] = ligne.heures_formation or None
    return valeurs


def _poser_ligne(
    declaration: Declaration,
    contrat: Contrat,
    ligne: LigneHeures | None,
    travaillees: Decimal | None,
    suivies: Decimal | None,
    absence: Decimal | None,
    decision: DecisionLigne,
) -> None:
    """Une ligne dont le travail ou la formation change est à décider de nouveau ; sinon sa décision reste."""
    if travaillees is None and suivies is None and not absence:
        if ligne:
            ligne.delete()
        return
    verifier_mois_du_contrat(contrat, declaration)
    ligne = ligne or LigneHeures(declaration=declaration, contrat=contrat, mois=declaration.mois)
    dites = {"heures_declarees": travaillees or ZERO, "heures_formation": suivies or ZERO}
    valeurs: dict[str, Any] = {**dites, "heures_absence": absence or ZERO}
    if ligne.pk is None or changements(ligne, dites):
        comptees = min(ligne.heures_formation_comptees, suivies or ZERO)
        valeurs |= {
            "heures": (travaillees or ZERO) + comptees,
            "heures_formation_comptees": comptees,
            "decision": TRANSITIONS_LIGNE.appliquer(GESTES[decision], ligne.decision),
            "motif_decision": "",
        }
    if ligne.pk is None or changements(ligne, valeurs):
        ecrire(ligne, valeurs)


def compter_la_formation(declaration: Declaration) -> None:
    """Recalcule ce qui compte de la formation du mois, le plafond du marché partagé avec les autres mois de l'engagement."""
    formees = declaration.lignes.filter(heures_formation__gt=0).exclude(decision=DecisionLigne.REFUSEE)
    lignes = list(formees.order_by("pk"))
    if not lignes:
        return
    engagement = Engagement.objects.avec_contexte().get(pk=declaration.engagement_id)
    plafond = plafond_de_formation(engagement.lot.marche, engagement)
    ailleurs = LigneHeures.objects.filter(declaration__engagement=engagement).exclude(declaration=declaration)
    deja = _exact(ailleurs.aggregate(total=Sum("heures_formation_comptees"))["total"])
    for ligne in lignes:
        comptees = formation_comptee(ligne.heures_formation, plafond, deja)
        deja += comptees
        if comptees != ligne.heures_formation_comptees:
            retenu = ligne.travail_retenu
            ecrire(ligne, {"heures_formation_comptees": comptees, "heures": retenu + comptees})


def verifier_mois_du_contrat(contrat: Contrat, declaration: Declaration) -> None:
    """Une heure est faite sur l'engagement de son contrat, dans un mois que le contrat touche."""
    exiger_son_engagement(contrat, declaration)
    if est_hors_du_contrat(contrat, declaration.mois):
        raise RegleViolee("Ce mois est hors des dates du contrat.")
    if contrat.convention and not contrat.convention.couvre_le_mois(declaration.mois):
        raise RegleViolee("La convention de globalisation ne couvre pas ce mois.", champ=case("travail", contrat))


def exiger_son_engagement(contrat: Contrat, declaration: Declaration) -> None:
    if contrat.engagement_id != declaration.engagement_id:
        raise RegleViolee("Ce contrat n'est pas celui de cet engagement.")


def est_hors_du_contrat(contrat: Contrat, mois: datetime.date) -> bool:
    """Vrai si le contrat ne touche aucun jour du mois."""
    return dernier_jour(mois) < contrat.debut or (contrat.fin is not None and mois > contrat.fin)


def recompter(engagements: Iterable[int]) -> None:
    """Recalcule le compteur d'heures validées d'engagements, depuis leurs lignes. À appeler dans la transaction qui change."""
    engagements = list(engagements)
    sommes = dict(
        LigneHeures.objects.validees()
        .filter(declaration__engagement__in=engagements)
        .order_by()
        .values_list("declaration__engagement")
        .annotate(total=Sum("heures"))
    )
    a_jour = [Engagement(pk=pk, heures_realisees=_exact(sommes.get(pk))) for pk in engagements]
    Engagement.objects.bulk_update(a_jour, ["heures_realisees"], batch_size=200)


def _exact(somme) -> Decimal:
    """SQLite somme en flottant : on ramène au centième, la précision stockée."""
    return Decimal(somme or 0).quantize(CENTIEME)
