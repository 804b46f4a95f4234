"""Qui peut quoi sur les organisations, leurs membres et leurs invitations."""

from comptes.acteur import Acteur
from comptes.enums import ROLES_PAR_TYPE, TYPES_LIES, TYPES_PARTENAIRES, Role, TypeOrganisation
from comptes.models import Adhesion, AvecCompte, Organisation
from socle.regles import OUI, Verdict, non


def peut_administrer(acteur: Acteur) -> Verdict:
    """Créer une structure, archiver une organisation, relier une organisation à plusieurs structures."""
    return OUI if acteur.est_administrateur else non("Ce geste revient à l'administrateur du service.")


def peut_administrer_un_compte(acteur: Acteur) -> Verdict:
    """Bloquer un compte, le rouvrir, le déconnecter, en ôter la double authentification : ni la lire, ni s'en servir."""
    return peut_administrer(acteur)


def peut_creer_partenaire(acteur: Acteur) -> Verdict:
    return (
        OUI if acteur.est_responsable else non("Seul un responsable de structure ajoute une organisation partenaire.")
    )


def peut_relier(acteur: Acteur) -> Verdict:
    """Nouer un partenariat, avec n'importe quelle organisation : l'administrateur, ou un responsable pour sa structure."""
    return OUI if acteur.est_administrateur else peut_creer_partenaire(acteur)


def peut_nouer_partenariat(acteur: Acteur, structure: Organisation, organisation: Organisation) -> Verdict:
    """Relier à soi une organisation où d'autres travaillent donnerait prise sur elle : l'administrateur le fait."""
    if structure.type != TypeOrganisation.FACILITATRICE or organisation.type not in TYPES_PARTENAIRES:
        return non("Un partenariat relie une structure facilitatrice à une organisation d'un autre type.")
    if not (verdict := peut_relier(acteur)) or acteur.est_administrateur:
        return verdict
    if structure != acteur.organisation:
        return non("Vous ne nouez de partenariat que pour votre structure.")
    if organisation.adhesions.exists() or _a_d_autres_structures(organisation, acteur.agit_pour):
        return non("Cette organisation travaille déjà ici : demandez à l'administrateur du service de vous relier.")
    return OUI


def peut_regler_sa_structure(acteur: Acteur) -> Verdict:
    """Son logo, ses premiers pas."""
    return OUI if acteur.est_responsable else non("Un responsable de la structure s'en charge.")


def peut_tenir_son_profil(acteur: Acteur) -> Verdict:
    return OUI if acteur.utilisateur is not None else non("Un travail automatique n'a pas de compte.")


def peut_gerer_membres(acteur: Acteur, organisation: Organisation) -> Verdict:
    """Changer un rôle, retirer quelqu'un : le responsable chez lui et ses partenaires, l'administrateur partout."""
    if acteur.est_administrateur:
        return OUI
    if not acteur.est_responsable:
        return non("Demandez à un responsable de la structure, ou à l'administrateur du service.")
    if organisation == acteur.organisation:
        return OUI
    if not _est_partenaire(organisation, acteur):
        return non("Cette organisation n'est pas partenaire de votre structure.")
    if _a_d_autres_structures(organisation, acteur.agit_pour):
        # Sinon une structure s'inviterait chez le partenaire d'une autre et lirait ce que celle-ci lui confie.
        return non(
            "Cette organisation travaille avec plusieurs structures : l'administrateur du service gère ses membres."
        )
    return OUI


def peut_inviter(acteur: Acteur, organisation: Organisation) -> Verdict:
    """Qui gère les membres invite ; un membre d'une organisation partenaire invite aussi ses collègues."""
    if organisation.est_archive:
        return non("Cette organisation est archivée.")
    if organisation == acteur.organisation and organisation.type in TYPES_PARTENAIRES:
        return OUI
    if organisation.type in TYPES_LIES and acteur.est_responsable and _est_partenaire(organisation, acteur):
        return OUI  # qui entre ainsi ne voit que les dossiers de cette structure
    return peut_gerer_membres(acteur, organisation)


def roles_proposables(acteur: Acteur, organisation: Organisation) -> list[Role]:
    """Les rôles que l'acteur peut donner : dans une structure, l'administrateur n'installe que des responsables."""
    roles = ROLES_PAR_TYPE[organisation.type]
    if acteur.est_administrateur and organisation.type == TypeOrganisation.FACILITATRICE:
        return [Role.RESPONSABLE]
    return [role for role in Role if role in roles]


def peut_inviter_depuis_une_fiche(acteur: Acteur) -> Verdict:
    """Ouvrir un compte à une entreprise ou à un acheteur que la structure suit."""
    return OUI if acteur.est_responsable else non("Seul un responsable de la structure invite : demandez-lui.")


def peut_relier_un_compte(acteur: Acteur, organisation: Organisation, fiche: AvecCompte) -> Verdict:
    """Un compte déjà ouvert, du même genre, que la structure est seule à connaître."""
    if organisation.type != fiche.TYPE_DU_COMPTE:
        return non("Ce compte n'est pas du genre de cette fiche.")
    return peut_gerer_membres(acteur, organisation)


def peut_rompre_le_lien(acteur: Acteur, organisation: Organisation) -> Verdict:
    """L'administrateur ; ou le responsable de la seule structure qui travaille avec ce compte."""
    return peut_gerer_membres(acteur, organisation)


def peut_confirmer(acteur: Acteur, adhesion: Adhesion) -> Verdict:
    """L'administrateur, ou quelqu'un de la même organisation déjà confirmé : une structure ne répond pas pour elle-même."""
    collegue = acteur.organisation == adhesion.organisation and acteur.structures is None
    if acteur.est_administrateur or (collegue and adhesion.organisation.type in TYPES_LIES):
        return OUI
    return non(
        "Ce compte se confirme par un membre déjà confirmé de l'organisation, ou par l'administrateur du service."
    )


def peut_changer_role(acteur: Acteur, organisation: Organisation) -> Verdict:
    if len(ROLES_PAR_TYPE[organisation.type]) == 1:
        return non("Un seul rôle existe dans cette organisation.")
    return peut_gerer_membres(acteur, organisation)


def peut_retirer(acteur: Acteur, adhesion: Adhesion) -> Verdict:
    """Chacun peut quitter une organisation ; retirer quelqu'un d'autre revient à qui en gère les membres.

    Un compte à confirmer se retire aussi par la structure qui l'a invité, et par un membre confirmé de la même organisation.
    """
    if acteur.utilisateur is not None and adhesion.utilisateur_id == acteur.utilisateur.pk:
        return OUI
    if adhesion.a_confirmer and (acteur.est_responsable or peut_confirmer(acteur, adhesion)):
        return OUI  # elle ne lit que les comptes qu'elle a invités, ou ceux de ses partenaires
    return peut_gerer_membres(acteur, adhesion.organisation)


def peut_modifier_organisation(acteur: Acteur, organisation: Organisation) -> Verdict:
    """Le nom se change par qui gère les membres."""
    return peut_gerer_membres(acteur, organisation)


def _est_partenaire(organisation: Organisation, acteur: Acteur) -> bool:
    return organisation.partenariats.filter(structure=acteur.organisation).exists()


def _a_d_autres_structures(organisation: Organisation, structure: Organisation) -> bool:
    return organisation.partenariats.exclude(structure=structure).exists()
