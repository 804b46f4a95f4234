"""Les portes de `metiers` : préciser un mot tapé, ajouter ses noms."""

from metiers.models import Metier
from tests.gestes.commun import ECRIVENT, Geste
from tests.monde import Cote


def _a_preciser(cote: Cote) -> dict:
    return {"metier": cote.metier_libre, "vers": Metier.objects.get(code="F1606")}


GESTES = {
    "metiers.services.ajouter_nom_de_metier": Geste(
        lambda c: {"libelle": "Tâcheron", "metier": Metier.objects.get(code="F1703")}, roles=ECRIVENT
    ),
    "metiers.services.preciser_metier": Geste(_a_preciser, roles=ECRIVENT),
    "metiers.services.retirer_nom_de_metier": Geste(lambda c: {"appellation": c.appellation}, roles=ECRIVENT),
}
MAILLONS: dict[str, str] = {
    "metiers.services.garder_les_metiers": "écrit pour les services des offres et des dossiers, dans leur transaction",
}
EXEMPTES = {
    "metiers.services.usages": "lit : combien d'offres et de personnes portent un métier",
}
