from parcours.models.demande import DemandeNouvelles
from parcours.models.points import PointSuivi, ReglagesParcours
from parcours.models.questionnaires import Question, Questionnaire, Reponse

__all__ = [
    "DemandeNouvelles",
    "PointSuivi",
    "Question",
    "Questionnaire",
    "ReglagesParcours",
    "Reponse",
]
