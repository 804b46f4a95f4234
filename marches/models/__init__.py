from marches.models.engagement import Avenant, Engagement
from marches.models.lot import Lot
from marches.models.maitre_ouvrage import FicheMaitreOuvrage, MaitreOuvrage
from marches.models.marche import Marche
from marches.models.operation import Operation

__all__ = ["Avenant", "Engagement", "FicheMaitreOuvrage", "Lot", "MaitreOuvrage", "Marche", "Operation"]
