"""Ce que le calcul propose quand un contrat change : jamais appliqué sans une personne qui le valide."""

from decimal import Decimal

from marches.calcul import ValeurRefusee, avec_montant, calculer, delta_proportionnel
from marches.enums import Arrondi, Assiette, Formule, RoleEngagement
from marches.models import Avenant, Commande, Engagement, Lot, Scenario, Tranche

CENT = Decimal(100)


def scenario_retenu(lot: Lot) -> Scenario | None:
    return lot.scenarios.filter(retenu=True).first()


def heures_pour_un_montant(scenario: Scenario, montant: Decimal) -> Decimal | None:
    """Les heures arrondies du même scénario à un autre montant ; `None` si sa formule n'en part pas."""
    valeurs = avec_montant(Formule(scenario.formule), valeurs_du_scenario(scenario), montant)
    if valeurs is None:
        return None
    try:
        return calculer(Formule(scenario.formule), valeurs, Arrondi(scenario.arrondi)).heures
    except ValeurRefusee:
        return None


def valeurs_du_scenario(scenario: Scenario) -> dict[str, Decimal]:
    return {cle: Decimal(valeur) for cle, valeur in scenario.parametres.items()}


def heures_d_un_avenant(
    engagement: Engagement, montant_delta: Decimal, corrige: Avenant | None = None
) -> Decimal | None:
    """Les heures que la proportion ajouterait pour ce montant ; la part de l'entreprise, dans un groupement.

    `corrige` : l'avenant que l'on corrige, qui ne se compte pas lui-même parmi les précédents.
    """
    lot = engagement.lot
    precedents = sum(
        (avenant.montant_delta_ht or 0 for avenant in engagement.avenants.all() if avenant != corrige), Decimal(0)
    )
    part = (engagement.part if engagement.part is not None else CENT) / CENT
    scenario = scenario_retenu(lot)
    if scenario and "montant" in scenario.parametres:
        depart = Decimal(scenario.parametres["montant"]) + precedents
        avant, apres = (
            heures_pour_un_montant(scenario, depart),
            heures_pour_un_montant(scenario, depart + montant_delta),
        )
        if avant is not None and apres is not None:
            return ((apres - avant) * part).quantize(Decimal("0.01"))
    montant = (lot.montant_ht or lot.marche.montant_ht or Decimal(0)) + precedents
    if montant <= 0 or montant + montant_delta < 0:
        return None
    dues = engagement.heures_dues - (corrige.heures_delta if corrige else 0)
    return delta_proportionnel(dues, montant, montant_delta, Arrondi.PLUS_PROCHE)


def heures_d_un_affermissement(tranche: Tranche) -> Decimal | None:
    """Ce que la tranche ajoute : l'arrondi du total affermi, moins l'arrondi d'avant. Jamais l'arrondi de la tranche seule."""
    scenario = scenario_retenu(tranche.lot)
    if scenario is None or "montant" not in scenario.parametres:
        return None
    acquis = sum((autre.montant_ht for autre in tranche.lot.tranches.all() if autre.compte), Decimal(0))
    avant = heures_pour_un_montant(scenario, acquis)
    apres = heures_pour_un_montant(scenario, acquis + tranche.montant_ht)
    return None if avant is None or apres is None else apres - avant


def heures_du_cumul(lot: Lot, cumul: Decimal) -> Decimal:
    """Les heures dues pour un montant cumulé, au-delà du seuil du lot : une par tranche entière d'euros."""
    valeurs = {
        "facture": max(cumul, Decimal(0)),
        "seuil": lot.seuil_ht,
        "euros_par_heure": lot.euros_par_heure or Decimal(0),
    }
    return calculer(Formule.TRANCHE_EURO, valeurs).heures


def poids_du_groupement(lot: Lot) -> dict[int, Decimal]:
    """La part de chaque entreprise d'un lot (clé : engagement) ; sans part connue, tout va à l'attributaire."""
    engagements = list(lot.engagements.filter(archive_le__isnull=True).order_by("role", "pk"))
    if any(engagement.part is not None for engagement in engagements):
        return {engagement.pk: engagement.part or Decimal(0) for engagement in engagements}
    attributaires = [e for e in engagements if e.role == RoleEngagement.ATTRIBUTAIRE] or engagements[:1]
    return {engagement.pk: Decimal(1) for engagement in attributaires}


def previsions_du_lot(lot: Lot, commandes: list[Commande]) -> dict[str, Decimal] | None:
    """Le cumul et les heures de chaque genre de pièce ; `None` pour un lot aux heures fixées au contrat."""
    if lot.assiette == Assiette.CONTRAT:
        return None
    bons = sum((c.montant_ht for c in commandes if c.genre == "bon"), Decimal(0))
    factures = sum((c.montant_ht for c in commandes if c.genre == "facture"), Decimal(0))
    return {
        "commande": bons,
        "facture": factures,
        "heures_commande": heures_du_cumul(lot, bons),
        "heures_facture": heures_du_cumul(lot, factures),
    }
