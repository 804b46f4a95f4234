from declarations.services.decisions import Decision, decider_lignes
from declarations.services.heures import (
    champ_du_contrat,
    est_hors_du_contrat,
    recompter,
    saisir_heures,
    verifier_mois_du_contrat,
)
from declarations.services.reprise import reprendre_heures
from declarations.services.validation import rouvrir_mois, valider_mois

__all__ = [
    "Decision",
    "champ_du_contrat",
    "decider_lignes",
    "est_hors_du_contrat",
    "recompter",
    "reprendre_heures",
    "rouvrir_mois",
    "saisir_heures",
    "valider_mois",
    "verifier_mois_du_contrat",
]
