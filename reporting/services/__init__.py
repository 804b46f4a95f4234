from reporting.services.bilans import (
    destinataires_d_avant,
    destinataires_possibles,
    ecarter_brouillon,
    ecrire_textes,
    lire_les_chiffres,
    membres_du_reseau,
    nom_de_fichier,
    preparer_bilan,
    publier_bilan,
    refaire_bilan,
    relire_bilan,
)
from reporting.services.calendrier import (
    bilans_a_preparer,
    envoyer_les_points,
    points_a_envoyer,
    preparer_le_bilan_annuel,
    preparer_les_bilans_annuels,
)
from reporting.services.objectifs import fixer_les_objectifs
from reporting.services.reglages import regler_l_extrait, regler_les_bilans
from reporting.services.remises import ce_qui_se_tairait

__all__ = [
    "bilans_a_preparer",
    "ce_qui_se_tairait",
    "destinataires_d_avant",
    "destinataires_possibles",
    "ecarter_brouillon",
    "ecrire_textes",
    "envoyer_les_points",
    "fixer_les_objectifs",
    "lire_les_chiffres",
    "membres_du_reseau",
    "nom_de_fichier",
    "points_a_envoyer",
    "preparer_bilan",
    "preparer_le_bilan_annuel",
    "preparer_les_bilans_annuels",
    "publier_bilan",
    "refaire_bilan",
    "regler_l_extrait",
    "regler_les_bilans",
    "relire_bilan",
]
