from reporting.services.bilans import (
    ecarter_brouillon,
    financeurs_possibles,
    lire_les_chiffres,
    preparer_bilan,
    publier_bilan,
)
from reporting.services.reglages import regler_les_bilans

__all__ = [
    "ecarter_brouillon",
    "financeurs_possibles",
    "lire_les_chiffres",
    "preparer_bilan",
    "publier_bilan",
    "regler_les_bilans",
]
