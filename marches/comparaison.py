"""Des scénarios côte à côte : chacun avec ses valeurs et son calcul, refait ligne à ligne à chaque lecture."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from marches.calcul import PARAMETRES, calculer
from marches.enums import Arrondi, Formule
from marches.models import Scenario
from marches.propositions import valeurs_du_scenario
from socle.nombres import INSECABLE, nombre


@dataclass(frozen=True, slots=True)
class ScenarioCompare:
    """Une colonne de la comparaison ; `ecart` est la différence d'heures avec le scénario retenu."""

    scenario: Scenario
    formule: str
    valeurs: list[tuple[str, str]]
    etapes: tuple[str, ...]
    heures: Decimal
    etp: Decimal
    ecart: Decimal | None


def comparer(scenarios: Iterable[Scenario], heures_par_etp: Decimal) -> list[ScenarioCompare]:
    scenarios = list(scenarios)
    retenu = next((scenario for scenario in scenarios if scenario.retenu), None)
    # Le retenu d'abord : sur un téléphone, les autres sont hors de l'écran.
    ranges = sorted(scenarios, key=lambda scenario: not scenario.retenu)
    return [_colonne(scenario, retenu, heures_par_etp) for scenario in ranges]


def _colonne(scenario: Scenario, retenu: Scenario | None, heures_par_etp: Decimal) -> ScenarioCompare:
    formule, valeurs = Formule(scenario.formule), valeurs_du_scenario(scenario)
    resultat = calculer(formule, valeurs, Arrondi(scenario.arrondi))
    return ScenarioCompare(
        scenario=scenario,
        formule=formule.label,
        valeurs=[
            (parametre.libelle, f"{nombre(valeurs[parametre.nom])}{INSECABLE}{parametre.unite}")
            for parametre in PARAMETRES[formule]
        ],
        etapes=resultat.etapes,
        heures=scenario.heures,
        etp=scenario.heures / heures_par_etp,
        ecart=scenario.heures - retenu.heures if retenu and retenu.pk != scenario.pk else None,
    )
