from suivi.services.demandes import demander_des_nouvelles, donner_des_nouvelles
from suivi.services.heures import (
    champ_du_contrat,
    est_hors_du_contrat,
    recompter,
    reprendre_heures,
    rouvrir_mois,
    saisir_heures,
    valider_mois,
    verifier_mois_du_contrat,
)
from suivi.services.parcours import demander_situations, preparer_points, regler_parcours, repondre_point

__all__ = [
    "champ_du_contrat",
    "demander_des_nouvelles",
    "demander_situations",
    "donner_des_nouvelles",
    "est_hors_du_contrat",
    "preparer_points",
    "recompter",
    "regler_parcours",
    "repondre_point",
    "reprendre_heures",
    "rouvrir_mois",
    "saisir_heures",
    "valider_mois",
    "verifier_mois_du_contrat",
]
