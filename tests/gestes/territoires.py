"""Les portes de `territoires`."""

from comptes.enums import Role
from tests.gestes.commun import ADMINISTRATEUR, Geste

GESTES = {
    "territoires.services.definir_territoire": Geste(
        lambda c: {
            "structure": c.structure,
            "communes": [c.marche.maitre_ouvrage.commune],
            "epci": None,
            "nom": "Neuf",
        },
        roles=ADMINISTRATEUR | {Role.RESPONSABLE},
    ),
}
MAILLONS: dict[str, str] = {}
EXEMPTES = {
    "territoires.services.quartier_a": "lit : un calcul sur les contours publics",
    "territoires.services.motif_de_verification": "lit : un calcul sur les contours publics",
    "territoires.services.classer_points": "lit : un calcul sur les contours publics",
}
