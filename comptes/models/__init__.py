from comptes.models.organisation import Adhesion, Invitation, Organisation, Partenariat
from comptes.models.utilisateur import Utilisateur

__all__ = ["Adhesion", "Invitation", "Organisation", "Partenariat", "Utilisateur"]
