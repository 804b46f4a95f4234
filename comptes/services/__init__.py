from comptes.services.agenda import abonner_agenda, acteur_du_jeton, revoquer_agenda
from comptes.services.comptes import (
    bloquer_compte,
    fermer_les_sessions,
    oter_second_facteur,
    rechiffrer_les_secrets,
    rouvrir_compte,
    secrets_illisibles,
)
from comptes.services.comptes_lies import inviter_depuis_une_fiche, relier_un_compte, rompre_le_lien
from comptes.services.confirmations import confirmer_compte
from comptes.services.exploitants import inviter_administrateur
from comptes.services.invitations import (
    LienPerime,
    accepter_invitation,
    invitation_du_jeton,
    inviter,
    renvoyer_invitation,
    revoquer_invitation,
)
from comptes.services.membres import changer_role, retirer_membre
from comptes.services.organisations import (
    archiver_organisation,
    creer_organisation,
    creer_partenaire,
    creer_structure,
    modifier_organisation,
    nouer_partenariat,
)
from comptes.services.profil import modifier_profil
from comptes.services.structure import passer_un_pas, poser_logo, reprendre_un_pas, retirer_logo

__all__ = [
    "LienPerime",
    "abonner_agenda",
    "accepter_invitation",
    "acteur_du_jeton",
    "archiver_organisation",
    "bloquer_compte",
    "changer_role",
    "confirmer_compte",
    "creer_organisation",
    "creer_partenaire",
    "creer_structure",
    "fermer_les_sessions",
    "invitation_du_jeton",
    "inviter",
    "inviter_administrateur",
    "inviter_depuis_une_fiche",
    "modifier_organisation",
    "modifier_profil",
    "nouer_partenariat",
    "oter_second_facteur",
    "passer_un_pas",
    "poser_logo",
    "rechiffrer_les_secrets",
    "relier_un_compte",
    "renvoyer_invitation",
    "reprendre_un_pas",
    "retirer_logo",
    "retirer_membre",
    "revoquer_agenda",
    "revoquer_invitation",
    "rompre_le_lien",
    "rouvrir_compte",
    "secrets_illisibles",
]
