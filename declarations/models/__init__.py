from declarations.models.annonces import DepartAnnonce, Justificatif, PersonneAnnoncee
from declarations.models.heures import HEURES_MAX_PAR_MOIS, Declaration, LigneHeures
from declarations.models.rectification import LigneRectifiee, Rectification
from declarations.models.reglages import ReglagesDeclaration
from declarations.models.relance import Appel, PauseRelances, Relance

__all__ = [
    "HEURES_MAX_PAR_MOIS",
    "Appel",
    "Declaration",
    "DepartAnnonce",
    "Justificatif",
    "LigneHeures",
    "LigneRectifiee",
    "PauseRelances",
    "PersonneAnnoncee",
    "Rectification",
    "ReglagesDeclaration",
    "Relance",
]
