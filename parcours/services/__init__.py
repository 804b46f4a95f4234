from parcours.services.demandes import demander_des_nouvelles, donner_des_nouvelles
from parcours.services.points import demander_situations, preparer_points, regler_parcours, repondre_point
from parcours.services.questionnaires import (
    ajouter_question,
    courriel_connu,
    demander_avis,
    demander_les_avis,
    modifier_question,
    poser_les_questions_proposees,
    repondre_questionnaire,
    retirer_question,
)

__all__ = [
    "ajouter_question",
    "courriel_connu",
    "demander_avis",
    "demander_des_nouvelles",
    "demander_les_avis",
    "demander_situations",
    "donner_des_nouvelles",
    "modifier_question",
    "poser_les_questions_proposees",
    "preparer_points",
    "regler_parcours",
    "repondre_point",
    "repondre_questionnaire",
    "retirer_question",
]
