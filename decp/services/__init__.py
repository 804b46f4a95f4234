from decp.services.avis import ecarter_avis, rattacher_avis, reprendre_avis, suivre_avis
from decp.services.importation import Rapport, comptes, importer
from decp.services.imports import deposer, executer, purger
from decp.services.modifications import appliquer_les_modifications

__all__ = [
    "Rapport",
    "appliquer_les_modifications",
    "comptes",
    "deposer",
    "ecarter_avis",
    "executer",
    "importer",
    "purger",
    "rattacher_avis",
    "reprendre_avis",
    "suivre_avis",
]
