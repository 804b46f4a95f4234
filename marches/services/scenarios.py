from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from django.db import transaction

from comptes.acteur import Acteur
from marches.calcul import ValeurRefusee, calculer
from marches.enums import Arrondi, Formule
from marches.models import Lot, ProjetAchat, Scenario
from marches.permissions import peut_etudier_projet, peut_modifier_lot
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import declarer_actions, noter

SCENARIOS_MAXIMUM = 6  # au-delà, la comparaison côte à côte ne se lit plus

declarer_actions(
    scenario_ajoute="Scénario chiffré",
    scenario_retenu="Scénario retenu",
    scenario_retire="Scénario retiré",
)


def _tenir(acteur: Acteur, support: ProjetAchat | Lot) -> ProjetAchat | Lot:
    """Ce que le scénario chiffre, verrouillé : ses scénarios changent sous ce verrou."""
    if isinstance(support, Lot):
        lot = verrouiller(Lot.objects.select_related("marche"), acteur, support)
        peut_modifier_lot(acteur, lot).exiger()
        return lot
    projet = verrouiller(ProjetAchat.objects, acteur, support)
    peut_etudier_projet(acteur, projet).exiger()
    return projet


def _tenir_un_scenario(acteur: Acteur, scenario: Scenario) -> tuple[ProjetAchat | Lot, Scenario]:
    support = _tenir(acteur, cast(ProjetAchat | Lot, scenario.lot or scenario.projet))  # la base en exige un
    return support, verrouiller(support.scenarios, acteur, scenario)


def _journal(support: ProjetAchat | Lot):
    return support.marche if isinstance(support, Lot) else support


@transaction.atomic
def ajouter_scenario(
    *,
    acteur: Acteur,
    support: ProjetAchat | Lot,
    nom: str,
    formule: str,
    valeurs: Mapping[str, Decimal],
    arrondi: str = Arrondi.PLUS_PROCHE,
) -> Scenario:
    """Chiffre un scénario et le garde avec ses valeurs ; le premier est retenu d'office."""
    support = _tenir(acteur, support)
    if support.scenarios.count() >= SCENARIOS_MAXIMUM:
        raise RegleViolee(f"{SCENARIOS_MAXIMUM} scénarios au plus : retirez-en un pour en comparer un autre.")
    try:
        resultat = calculer(Formule(formule), valeurs, Arrondi(arrondi))
    except ValeurRefusee as refus:
        raise RegleViolee(refus.motif, champ=refus.parametre) from refus
    scenario = Scenario(**{"lot" if isinstance(support, Lot) else "projet": support})
    ecrire(
        scenario,
        {
            "nom": nom,
            "formule": formule,
            "parametres": {cle: str(valeur) for cle, valeur in valeurs.items()},
            "arrondi": arrondi,
            "heures_exactes": resultat.exactes.quantize(Decimal("0.000001")),
            "heures": resultat.heures,
        },
    )
    noter(acteur=acteur, action="scenario_ajoute", objet=_journal(support), nom=nom, heures=resultat.heures)
    if not support.scenarios.filter(retenu=True).exists():
        retenir_scenario(acteur=acteur, scenario=scenario)
    return scenario


@transaction.atomic
def retenir_scenario(*, acteur: Acteur, scenario: Scenario) -> Scenario:
    """Choisit un scénario. Sur un lot, son résultat devient les heures calculées, et les contractuelles s'il n'y en a pas."""
    support, scenario = _tenir_un_scenario(acteur, scenario)
    support.scenarios.filter(retenu=True).exclude(pk=scenario.pk).update(retenu=False)
    scenario.retenu = True
    scenario.save()
    if isinstance(support, Lot):
        support.heures_calculees = scenario.heures
        if support.heures_contractuelles is None:
            support.heures_contractuelles = scenario.heures
        support.save()
    noter(acteur=acteur, action="scenario_retenu", objet=_journal(support), nom=scenario.nom, heures=scenario.heures)
    return scenario


@transaction.atomic
def retirer_scenario(*, acteur: Acteur, scenario: Scenario) -> None:
    """Retire un scénario de la comparaison ; celui qui est retenu porte les heures, il reste."""
    support, scenario = _tenir_un_scenario(acteur, scenario)
    if scenario.retenu:
        raise RegleViolee("Ce scénario est retenu : retenez-en un autre avant de le retirer.")
    noter(acteur=acteur, action="scenario_retire", objet=_journal(support), nom=scenario.nom, heures=scenario.heures)
    scenario.delete()
