from comptes.models.agenda import AbonnementAgenda
from comptes.models.compte import Compte
from comptes.models.fiche import FicheDeStructure
from comptes.models.organisation import Adhesion, Invitation, Organisation, Partenariat
from comptes.models.utilisateur import Utilisateur

__all__ = [
    "AbonnementAgenda",
    "Adhesion",
    "Compte",
    "FicheDeStructure",
    "Invitation",
    "Organisation",
    "Partenariat",
    "Utilisateur",
]
