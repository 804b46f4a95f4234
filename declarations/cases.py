"""Les cases d'un mois : ce qui se dit d'un contrat, ou se décide d'une ligne d'heures.

Chacune a sa clé, la même partout : le formulaire y nomme son champ, un refus s'y pose, une version y compare. Module pur.
"""

from recrutement.models import Contrat

DU_CONTRAT = ("travail", "formation", "absence", "parti_le", "motif")
_PREFIXES = {"travail": "heures", "parti_le": "depart"}


def case(quoi: str, objet) -> str:
    """La clé d'une case d'un contrat, ou d'une ligne d'heures."""
    return f"{_PREFIXES.get(quoi, quoi)}_{objet.uuid.hex}"


def cases_du_contrat(contrat: Contrat) -> dict[str, str]:
    """{ce que l'on dit d'une personne: sa case}."""
    return {quoi: case(quoi, contrat) for quoi in DU_CONTRAT}


def est_une_presence(cle: str) -> bool:
    """Des heures travaillées ou de formation, de qui que ce soit."""
    return cle.startswith(("heures_", "formation_"))
