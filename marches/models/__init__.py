from marches.models.convention import ConventionGlobalisation
from marches.models.corps_metier import CorpsMetier
from marches.models.engagement import Avenant, Commande, Engagement
from marches.models.lot import Lot, Tranche
from marches.models.lot_prevu import LotPrevu
from marches.models.maitre_ouvrage import ContactMaitreOuvrage, FicheMaitreOuvrage, MaitreOuvrage
from marches.models.marche import Marche, Suspension
from marches.models.operation import Operation
from marches.models.projet import ProjetAchat
from marches.models.redaction import ModeleClause, Redaction
from marches.models.reglages import ReglagesClause
from marches.models.scenario import Scenario
from marches.models.suivi_achat import Jalon, Note, Piece

__all__ = [
    "Avenant",
    "Commande",
    "ContactMaitreOuvrage",
    "ConventionGlobalisation",
    "CorpsMetier",
    "Engagement",
    "FicheMaitreOuvrage",
    "Jalon",
    "Lot",
    "LotPrevu",
    "MaitreOuvrage",
    "Marche",
    "ModeleClause",
    "Note",
    "Operation",
    "Piece",
    "ProjetAchat",
    "Redaction",
    "ReglagesClause",
    "Scenario",
    "Suspension",
    "Tranche",
]
