from cloture.models import Penalite
from comptes.acteur import Acteur
from comptes.enums import Role
from marches.models import Engagement
from socle.regles import OUI, Verdict, non


def peut_tenir_la_fin(acteur: Acteur, engagement: Engagement) -> Verdict:
    """Instruire la fin d'un engagement : mise en demeure, carence, proposition, attestation. Jamais décider."""
    if not acteur.peut_ecrire:
        return non("Votre accès est en lecture : demandez à un facilitateur de votre structure.")
    return OUI if engagement.lot.marche.structure_id == acteur.agit_pour.pk else non("Ce marché n'est pas le vôtre.")


def peut_regler_la_fin(acteur: Acteur) -> Verdict:
    return (
        OUI
        if acteur.peut_ecrire
        else non("Votre accès est en lecture : demandez à un facilitateur de votre structure.")
    )


def peut_observer(acteur: Acteur, penalite: Penalite) -> Verdict:
    """L'entreprise engagée répond elle-même ; un facilitateur recopie ce qu'elle a répondu par écrit."""
    if acteur.role != Role.ENTREPRISE:
        return peut_tenir_la_fin(acteur, penalite.engagement)
    if penalite.engagement.entreprise.organisation_id != acteur.agit_pour.pk:
        return non("Cette pénalité n'est pas celle de votre entreprise.")
    return OUI if penalite.lettre_le else non("Aucune lettre ne vous est encore parvenue.")


def peut_decider(acteur: Acteur, penalite: Penalite) -> Verdict:
    """L'acheteur du marché, par son compte ; ou un facilitateur, qui consigne la décision écrite de l'acheteur."""
    if acteur.role != Role.MAITRE_OUVRAGE:
        return peut_tenir_la_fin(acteur, penalite.engagement)
    acheteur = penalite.engagement.lot.marche.maitre_ouvrage.organisation_id
    return OUI if acheteur == acteur.agit_pour.pk else non("Ce marché n'est pas le vôtre.")
