"""Les gestes sur les maîtres d'ouvrage, les opérations, les marchés, les lots et les engagements."""

from marches.services.engagements import (
    ajouter_avenant,
    archiver_engagement,
    engager_entreprise,
    modifier_engagement,
)
from marches.services.maitres_ouvrage import (
    archiver_maitre_ouvrage,
    modifier_maitre_ouvrage,
    suivre_maitre_ouvrage,
)
from marches.services.marches import (
    ajouter_lot,
    archiver_lot,
    archiver_marche,
    changer_statut,
    creer_marche,
    modifier_lot,
    modifier_marche,
)
from marches.services.operations import archiver_operation, enregistrer_operation
from marches.services.reprise import (
    reprendre_engagements,
    reprendre_lots,
    reprendre_maitres_ouvrage,
    reprendre_marches,
)

__all__ = [
    "ajouter_avenant",
    "ajouter_lot",
    "archiver_engagement",
    "archiver_lot",
    "archiver_maitre_ouvrage",
    "archiver_marche",
    "archiver_operation",
    "changer_statut",
    "creer_marche",
    "engager_entreprise",
    "enregistrer_operation",
    "modifier_engagement",
    "modifier_lot",
    "modifier_maitre_ouvrage",
    "modifier_marche",
    "reprendre_engagements",
    "reprendre_lots",
    "reprendre_maitres_ouvrage",
    "reprendre_marches",
    "suivre_maitre_ouvrage",
]
