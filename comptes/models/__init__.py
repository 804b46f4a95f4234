from comptes.models.agenda import AbonnementAgenda
from comptes.models.avec_compte import AvecCompte
from comptes.models.compte import Compte
from comptes.models.fiche import Contact, FicheDeStructure
from comptes.models.organisation import Adhesion, Invitation, Organisation, Partenariat
from comptes.models.structure import Logo, PasPasse
from comptes.models.utilisateur import Utilisateur

__all__ = [
    "AbonnementAgenda",
    "Adhesion",
    "AvecCompte",
    "Compte",
    "Contact",
    "FicheDeStructure",
    "Invitation",
    "Logo",
    "Organisation",
    "Partenariat",
    "PasPasse",
    "Utilisateur",
]
