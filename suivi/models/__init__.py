from suivi.models.attestation import Attestation
from suivi.models.cloture import Carence, MiseEnDemeure, Penalite, ReglagesCloture
from suivi.models.demande import DemandeNouvelles
from suivi.models.heures import HEURES_MAX_PAR_MOIS, Declaration, LigneHeures
from suivi.models.parcours import PointSuivi, ReglagesParcours
from suivi.models.questionnaires import Question, Questionnaire, Reponse
from suivi.models.reglages import ReglagesDeclaration
from suivi.models.relance import Relance

__all__ = [
    "HEURES_MAX_PAR_MOIS",
    "Attestation",
    "Carence",
    "Declaration",
    "DemandeNouvelles",
    "LigneHeures",
    "MiseEnDemeure",
    "Penalite",
    "PointSuivi",
    "Question",
    "Questionnaire",
    "ReglagesCloture",
    "ReglagesDeclaration",
    "ReglagesParcours",
    "Relance",
    "Reponse",
]
