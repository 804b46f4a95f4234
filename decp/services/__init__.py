from decp.services.avis import ecarter_avis, rattacher_avis, reprendre_avis, suivre_avis
from decp.services.importation import Rapport, importer
from decp.services.imports import deposer, executer, purger

__all__ = [
    "Rapport",
    "deposer",
    "ecarter_avis",
    "executer",
    "importer",
    "purger",
    "rattacher_avis",
    "reprendre_avis",
    "suivre_avis",
]
