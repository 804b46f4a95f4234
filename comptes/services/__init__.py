from comptes.services.agenda import abonner_agenda, acteur_du_jeton, revoquer_agenda
from comptes.services.comptes import (
    bloquer_compte,
    fermer_les_sessions,
    oter_second_facteur,
    rechiffrer_les_secrets,
    rouvrir_compte,
    secrets_illisibles,
)
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

__all__ = [
    "LienPerime",
    "abonner_agenda",
    "accepter_invitation",
    "acteur_du_jeton",
    "archiver_organisation",
    "bloquer_compte",
    "changer_role",
    "creer_organisation",
    "creer_partenaire",
    "creer_structure",
    "fermer_les_sessions",
    "invitation_du_jeton",
    "inviter",
    "modifier_organisation",
    "modifier_profil",
    "nouer_partenariat",
    "oter_second_facteur",
    "rechiffrer_les_secrets",
    "renvoyer_invitation",
    "retirer_membre",
    "revoquer_agenda",
    "revoquer_invitation",
    "rouvrir_compte",
    "secrets_illisibles",
]
