from reporting.services.bilans import (
    ecarter_brouillon,
    ecrire_textes,
    financeurs_possibles,
    lire_les_chiffres,
    membres_du_reseau,
    nom_de_fichier,
    preparer_bilan,
    publier_bilan,
    refaire_bilan,
    relire_bilan,
)
from reporting.services.reglages import regler_l_extrait, regler_les_bilans

__all__ = [
    "ecarter_brouillon",
    "ecrire_textes",
    "financeurs_possibles",
    "lire_les_chiffres",
    "membres_du_reseau",
    "nom_de_fichier",
    "preparer_bilan",
    "publier_bilan",
    "refaire_bilan",
    "regler_l_extrait",
    "regler_les_bilans",
    "relire_bilan",
]
