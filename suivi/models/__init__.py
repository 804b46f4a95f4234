from suivi.models.annonces import DepartAnnonce, Justificatif, PersonneAnnoncee
from suivi.models.attestation import Attestation
from suivi.models.cloture import Carence, MiseEnDemeure, Penalite, ReglagesCloture
from suivi.models.demande import DemandeNouvelles
from suivi.models.heures import HEURES_MAX_PAR_MOIS, Declaration, LigneHeures
from suivi.models.parcours import PointSuivi, ReglagesParcours
from suivi.models.questionnaires import Question, Questionnaire, Reponse
from suivi.models.rectification import LigneRectifiee, Rectification
from suivi.models.reglages import ReglagesDeclaration
from suivi.models.relance import Appel, PauseRelances, Relance

__all__ = [
    "HEURES_MAX_PAR_MOIS",
    "Appel",
    "Attestation",
    "Carence",
    "Declaration",
    "DemandeNouvelles",
    "DepartAnnonce",
    "Justificatif",
    "LigneHeures",
    "LigneRectifiee",
    "MiseEnDemeure",
    "PauseRelances",
    "Penalite",
    "PersonneAnnoncee",
    "PointSuivi",
    "Question",
    "Questionnaire",
    "Rectification",
    "ReglagesCloture",
    "ReglagesDeclaration",
    "ReglagesParcours",
    "Relance",
    "Reponse",
]
