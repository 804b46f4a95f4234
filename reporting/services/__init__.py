from reporting.services.bilans import (
    ecarter_brouillon,
    financeurs_possibles,
    lire_les_chiffres,
    preparer_bilan,
    publier_bilan,
)

__all__ = ["ecarter_brouillon", "financeurs_possibles", "lire_les_chiffres", "preparer_bilan", "publier_bilan"]
