"""Le public dont une personne relève un jour donné : une seule règle, que l'éligibilité, les écrans et les bilans lisent.

Aucun ORM : l'éligibilité lui donne les faits d'un dossier, les bilans ceux d'un relevé.
"""

import datetime
from collections.abc import Collection, Sequence

from beneficiaires.criteres import REGLES
from beneficiaires.enums import CodeCritere
from socle.periodes import age, ajouter_mois


def refus(code: str, naissance: datetime.date, inscrite_depuis: Collection[datetime.date], le: datetime.date) -> str:
    """Pourquoi l'âge ou la durée d'inscription démentent ce critère ce jour-là ; vide s'ils ne le démentent pas.

    `inscrite_depuis` : le début de chaque inscription en cours ce jour-là.
    """
    regle = REGLES[code]
    ans = age(naissance, le)
    if regle.moins_de and ans >= regle.moins_de:
        return f"{ans} ans le {le:%d/%m/%Y} : ce critère demande moins de {regle.moins_de} ans"
    if regle.plus_de and ans < regle.plus_de:
        return f"{ans} ans le {le:%d/%m/%Y} : ce critère demande plus de {regle.plus_de} ans"
    # Sans inscription connue, la pièce dira la durée ; avec une inscription trop courte, le critère n'est pas vrai.
    if regle.inscription_mois and inscrite_depuis and not dure(regle.inscription_mois, inscrite_depuis, le):
        return f"inscription à France Travail depuis moins de {regle.inscription_mois} mois le {le:%d/%m/%Y}"
    return ""


def dure(mois: int, inscrite_depuis: Collection[datetime.date], le: datetime.date) -> bool:
    """Vrai si une des inscriptions en cours a cette durée."""
    return any(ajouter_mois(depuis, mois) <= le for depuis in inscrite_depuis)


def parmi(retenus: Collection[str], marques: Sequence[str]) -> str:
    """Le public principal de critères retenus : le premier marqué ; sinon l'ordre de la liste, RSA avant durée d'inscription.

    Depuis le 1er janvier 2025 l'inscription à France Travail des allocataires du RSA est automatique : la date
    d'inscription ne dit plus la durée du chômage (loi du 18 décembre 2023). Vide si rien n'est retenu.
    """
    marque = next((code for code in marques if code in retenus), "")
    return marque or next((code for code in CodeCritere.values if code in retenus), "")


def public_principal(
    codes: Collection[str],
    marques: Sequence[str],
    naissance: datetime.date,
    inscrite_depuis: Collection[datetime.date],
    le: datetime.date,
) -> str:
    """Le public retenu ce jour-là, vide s'il n'y en a pas.

    `codes` : les critères vrais ; `marques` : ceux que le dossier dit principaux, le plus récent d'abord.
    Sans un seul critère, douze mois d'inscription font une demandeuse d'emploi de longue durée.
    """
    if not codes:
        longue = dure(REGLES[CodeCritere.DELD].inscription_mois or 0, inscrite_depuis, le)
        return CodeCritere.DELD if longue else ""
    return parmi({code for code in codes if not refus(code, naissance, inscrite_depuis, le)}, marques)
