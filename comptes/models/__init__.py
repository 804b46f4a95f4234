from comptes.models.agenda import AbonnementAgenda
from comptes.models.organisation import Adhesion, Invitation, Organisation, Partenariat
from comptes.models.utilisateur import Utilisateur

__all__ = ["AbonnementAgenda", "Adhesion", "Invitation", "Organisation", "Partenariat", "Utilisateur"]
