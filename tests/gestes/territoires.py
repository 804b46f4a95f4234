"""Les portes de `territoires`."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile

from comptes.enums import Role
from territoires.models import Territoire
from tests.fabriques.territoires import CommuneFactory
from tests.gestes.commun import ADMINISTRATEUR, Geste
from tests.monde import Cote
from tests.territoires.outils import collection, element


def _contours(cote: Cote) -> dict:
    """Un quartier d'une commune que cette structure est seule à couvrir."""
    seule = CommuneFactory()
    Territoire.objects.get(structure=cote.structure).communes.add(seule)
    contours = collection(element(code="QN05009M", insee_com=seule.code_insee))
    return {"fichier": SimpleUploadedFile("q.geojson", json.dumps(contours).encode()), "millesime": 2024}


GESTES = {
    "territoires.services.charger_quartiers": Geste(_contours, roles=ADMINISTRATEUR | {Role.RESPONSABLE}),
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
