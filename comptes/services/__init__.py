from comptes.services.agenda import abonner_agenda, acteur_du_jeton, revoquer_agenda
from comptes.services.comptes import clore_les_sessions, fermer_compte, oter_le_second_facteur, rouvrir_compte
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
    "changer_role",
    "clore_les_sessions",
    "creer_organisation",
    "creer_partenaire",
    "creer_structure",
    "fermer_compte",
    "invitation_du_jeton",
    "inviter",
    "modifier_organisation",
    "modifier_profil",
    "nouer_partenariat",
    "oter_le_second_facteur",
    "renvoyer_invitation",
    "retirer_membre",
    "revoquer_agenda",
    "revoquer_invitation",
    "rouvrir_compte",
]
