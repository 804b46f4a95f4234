"""Saisir et reprendre des heures, tenir le compteur de l'engagement : il bouge dans la transaction même qui change."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from comptes.acteur import Acteur
from marches.models import Engagement
from recrutement.eligibilite import derniers_jours_valorisables, verdict_du_mois
from recrutement.models import Contrat
from socle.periodes import dernier_jour, premier_jour
from socle.regles import RegleViolee
from socle.services.enregistrement import changements, ecrire
from socle.services.journal import declarer_actions, noter
from socle.services.masse import creer_en_masse, modifier_en_masse, par_paquets
from socle.versions import exiger_version
from suivi.enums import (
    TRANSITIONS_DECLARATION,
    TRANSITIONS_LIGNE,
    DecisionLigne,
    OrigineDeclaration,
    StatutDeclaration,
)
from suivi.formation import formation_comptee, plafond_de_formation
from suivi.models import Declaration, LigneHeures
from suivi.permissions import peut_reprendre_des_heures, peut_saisir_les_heures

declarer_actions(heures_saisies="Heures saisies")
CENTIEME, ZERO = Decimal("0.01"), Decimal(0)
GESTES = {DecisionLigne.ACCEPTEE: "accepter", DecisionLigne.EN_ATTENTE: "declarer"}
MOTIF_REPRISE = "Reprise d'un classeur"
CHAMPS_REPRIS = ["heures", "heures_declarees", "heures_formation_comptees", "decision", "motif_decision"]


def _declaration_verrouillee(engagement: Engagement, mois: datetime.date) -> Declaration:
    """La déclaration du mois, créée au besoin. L'engagement sert de verrou : deux saisies se suivent."""
    engagement = Engagement.objects.select_for_update().get(pk=engagement.pk)
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
    declaration = _declaration_verrouillee(engagement, mois)
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
        absence = absences.get(contrat) if absences is not None else ligne and ligne.heures_absence
        decision = DecisionLigne.ACCEPTEE if par_la_structure else DecisionLigne.EN_ATTENTE
        _poser_ligne(declaration, contrat, ligne, travaillees, formation.get(contrat), absence, decision)
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
            raise RegleViolee(verdict.motif, champ=champ_du_contrat(contrat))


def champ_du_contrat(contrat: Contrat) -> str:
    """Le nom du champ d'heures d'un contrat, pour qu'un refus se lise à côté."""
    return f"heures_{contrat.uuid.hex}"


def champ_de_la_formation(contrat: Contrat) -> str:
    return f"formation_{contrat.uuid.hex}"


def valeurs_saisies(lignes: Iterable[LigneHeures]) -> dict[str, Decimal | None]:
    """Ce que montre la page de saisie : sa version en est l'empreinte."""
    valeurs: dict[str, Decimal | None] = {}
    for ligne in lignes:
        valeurs[champ_du_contrat(ligne.contrat)] = ligne.heures_declarees
        valeurs[champ_de_la_formation(ligne.contrat)] = ligne.heures_formation or None
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
    valeurs = {**dites, "heures_absence": absence or ZERO}
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
    if contrat.engagement_id != declaration.engagement_id:
        raise RegleViolee("Ce contrat n'est pas celui de cet engagement.")
    if est_hors_du_contrat(contrat, declaration.mois):
        raise RegleViolee("Ce mois est hors des dates du contrat.")
    if contrat.convention_id and not contrat.convention.couvre_le_mois(declaration.mois):
        raise RegleViolee("La convention de globalisation ne couvre pas ce mois.", champ=champ_du_contrat(contrat))


def est_hors_du_contrat(contrat: Contrat, mois: datetime.date) -> bool:
    """Vrai si le contrat ne touche aucun jour du mois."""
    return dernier_jour(mois) < contrat.debut or (contrat.fin is not None and mois > contrat.fin)


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
    for contrat, mois, _ in nouvelles:
        if contrat.structure_id != acteur.organisation.pk:
            raise RegleViolee("Ce contrat n'est pas de votre structure.")
        if est_hors_du_contrat(contrat, mois):
            raise RegleViolee("Ce mois est hors des dates du contrat.")
    mois_repris = {(contrat.engagement_id, mois) for contrat, mois, _ in nouvelles} | set(a_valider)
    touches = {engagement for engagement, _ in mois_repris} | _engagements_de(acteur, modifiees)
    for paquet in par_paquets(sorted(touches)):
        list(Engagement.objects.select_for_update().filter(pk__in=paquet).order_by("pk"))
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
    for paquet in par_paquets(sorted(touches)):
        recompter(paquet)


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
