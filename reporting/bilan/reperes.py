"""Des chiffres publiés ailleurs, avec leur source et leur année, à côté de ceux du bilan : jamais mêlés à eux.

Chacun vient d'une publication lue ; un ratio est celui de ses deux nombres, que la source donne. En ajouter un, c'est ajouter
une ligne ici, avec sa source.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporting.bilan.petits import MASQUE
from reporting.calcul.arrondis import est_connue, grandeur, part_exacte
from reporting.donnees import Chiffre, Valeur
from socle.nombres import INSECABLE, nombre

_AVE_2021 = "Alliance Villes Emploi, consolidation 2021 (achatpublic.info, 21/09/2023)"
_AVE_2015 = "Alliance Villes Emploi, consolidation 2015 (Banque des territoires, décembre 2016)"
_IDF = "Observatoire régional d’Île-de-France, 2021 (Banque des territoires, 2022)"
_RENNES = "Rennes Métropole, bilan 2018 (metropole.rennes.fr)"


def _moyenne(haut: Valeur | Decimal, bas: Valeur | Decimal, decimales: int, unite: str) -> str:
    if not (est_connue(haut) and est_connue(bas)):
        return MASQUE
    if not grandeur(bas):
        return "–"
    return f"{nombre(grandeur(haut) / grandeur(bas), decimales)}{INSECABLE}{unite}".rstrip(INSECABLE)


def _heures(haut: Valeur | Decimal, bas: Valeur | Decimal) -> str:
    return _moyenne(haut, bas, 1, "h")


def _contrats(haut: Valeur | Decimal, bas: Valeur | Decimal) -> str:
    return _moyenne(haut, bas, 2, "")


def _part(haut: Valeur | Decimal, bas: Valeur | Decimal) -> str:
    return part_exacte(haut, bas) if est_connue(haut) and est_connue(bas) else MASQUE


@dataclass(frozen=True, slots=True)
class Repere:
    """`haut` et `bas` : les deux chiffres du bilan dont la mesure est faite. `ailleurs` : ce que la source publie."""

    quoi: str
    haut: str
    bas: str
    ecrire: Callable[[Any, Any], str]
    ailleurs: str
    territoire: str
    source: str


REPERES = (
    Repere(
        "Heures par bénéficiaire",
        "heures_realisees",
        "beneficiaires",
        _heures,
        _heures(Decimal(25124684), Decimal(57231)),
        "France, 2021",
        _AVE_2021,
    ),
    Repere(
        "Heures par bénéficiaire",
        "heures_realisees",
        "beneficiaires",
        _heures,
        f"395{INSECABLE}h",
        "France, 2015",
        _AVE_2015,
    ),
    Repere(
        "Contrats par bénéficiaire",
        "contrats",
        "beneficiaires",
        _contrats,
        _contrats(Decimal(75194), Decimal(57231)),
        "France, 2021",
        _AVE_2021,
    ),
    Repere(
        "Part des femmes",
        "beneficiaires_femmes",
        "beneficiaires",
        _part,
        f"15,1{INSECABLE}%",
        "Île-de-France, 2021",
        _IDF,
    ),
    Repere(
        "Part des habitants des quartiers prioritaires",
        "beneficiaires_qpv",
        "beneficiaires",
        _part,
        f"23{INSECABLE}%",
        "Bassin de Rennes, 2018",
        _RENNES,
    ),
)


def reperes(chiffres: Mapping[str, Chiffre]) -> list[dict[str, Any]]:
    """Une ligne par repère dont les deux chiffres sont dans le bilan ; rien sans bénéficiaire."""
    if not chiffres["beneficiaires"]["valeur"]:
        return []
    return [
        {
            "quoi": repere.quoi,
            "ici": repere.ecrire(chiffres[repere.haut]["valeur"], chiffres[repere.bas]["valeur"]),
            "ailleurs": repere.ailleurs,
            "territoire": repere.territoire,
            "source": repere.source,
        }
        for repere in REPERES
    ]
