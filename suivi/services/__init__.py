from suivi.services.decisions import Decision, decider_lignes
from suivi.services.demandes import demander_des_nouvelles, donner_des_nouvelles
from suivi.services.heures import (
    champ_du_contrat,
    est_hors_du_contrat,
    recompter,
    saisir_heures,
    verifier_mois_du_contrat,
)
from suivi.services.parcours import demander_situations, preparer_points, regler_parcours, repondre_point
from suivi.services.questionnaires import (
    ajouter_question,
    courriel_connu,
    demander_avis,
    demander_les_avis,
    modifier_question,
    poser_les_questions_proposees,
    repondre_questionnaire,
    retirer_question,
)
from suivi.services.reprise import reprendre_heures
from suivi.services.validation import rouvrir_mois, valider_mois

__all__ = [
    "Decision",
    "ajouter_question",
    "champ_du_contrat",
    "courriel_connu",
    "decider_lignes",
    "demander_avis",
    "demander_des_nouvelles",
    "demander_les_avis",
    "demander_situations",
    "donner_des_nouvelles",
    "est_hors_du_contrat",
    "modifier_question",
    "poser_les_questions_proposees",
    "preparer_points",
    "recompter",
    "regler_parcours",
    "repondre_point",
    "repondre_questionnaire",
    "reprendre_heures",
    "retirer_question",
    "rouvrir_mois",
    "saisir_heures",
    "valider_mois",
    "verifier_mois_du_contrat",
]
