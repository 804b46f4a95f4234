from comptes.acteur import Acteur
from comptes.enums import Role
from declarations.enums import TRANSITIONS_DECLARATION
from declarations.models import Declaration, DepartAnnonce, PersonneAnnoncee
from entreprises.models import Entreprise
from marches.models import Engagement
from socle.permissions import peut_ecrire
from socle.regles import OUI, Verdict, non


def peut_tenir_les_mois(acteur: Acteur) -> Verdict:
    """Saisir, décider, valider : un facilitateur, sur les mois de sa structure."""
    return peut_ecrire(acteur)


def peut_saisir_les_heures(acteur: Acteur, declaration: Declaration) -> Verdict:
    if not (verdict := peut_ecrire(acteur)):
        return verdict
    if declaration.est_validee:
        return non("Ce mois est validé : rectifiez-le pour le corriger.")
    return OUI


def peut_deposer_des_heures(acteur: Acteur, entreprise: Entreprise) -> Verdict:
    """Le fichier d'heures d'une entreprise : elle-même par son compte, ou qui saisit les mois d'une structure."""
    if acteur.role == Role.ENTREPRISE and acteur.objet_ouvert is None:
        siens = entreprise.organisation_id == acteur.agit_pour.pk
        return OUI if siens else non("Cette entreprise n'est pas la vôtre.")
    return peut_tenir_les_mois(acteur)


def peut_decider(acteur: Acteur, declaration: Declaration) -> Verdict:
    """Accepter, réduire ou refuser des lignes : tant que le mois est à valider, chez le facilitateur."""
    return peut_valider(acteur, declaration)


def peut_valider(acteur: Acteur, declaration: Declaration) -> Verdict:
    if not (verdict := peut_ecrire(acteur)):
        return verdict
    return TRANSITIONS_DECLARATION.verdict("valider", declaration.statut)


def peut_rouvrir(acteur: Acteur, declaration: Declaration) -> Verdict:
    if not (verdict := peut_ecrire(acteur)):
        return verdict
    return TRANSITIONS_DECLARATION.verdict("rouvrir", declaration.statut)


def peut_reprendre_des_heures(acteur: Acteur) -> Verdict:
    """Reprendre des heures passées, même d'un mois validé : l'avant et l'après restent dans l'historique."""
    return peut_ecrire(acteur)


def peut_declarer(acteur: Acteur, declaration: Declaration) -> Verdict:
    """L'entreprise engagée, par son compte ou par le lien de la structure, tant que le mois n'est pas validé."""
    engagement = declaration.engagement
    par_lien = acteur.objet_ouvert is not None and acteur.agit_pour.pk == engagement.lot.marche.structure_id
    par_compte = engagement.entreprise.organisation_id == acteur.agit_pour.pk
    if acteur.role != Role.ENTREPRISE or not (par_lien or par_compte):
        return non("Cette déclaration n'est pas celle de votre entreprise.")
    if declaration.est_validee:
        return non("Ce mois est validé : pour le corriger, écrivez à votre facilitateur.")
    return OUI


def peut_rendre(acteur: Acteur, declaration: Declaration) -> Verdict:
    if not (verdict := peut_ecrire(acteur)):
        return verdict
    if not declaration.declaree_par:
        return non("Ce mois est saisi par la structure : corrigez-le ici.")
    return TRANSITIONS_DECLARATION.verdict("rendre", declaration.statut)


def peut_traiter_l_annonce(acteur: Acteur, annonce: DepartAnnonce | PersonneAnnoncee) -> Verdict:
    """Un facilitateur de la structure du marché, tant que l'annonce attend."""
    if not (verdict := peut_ecrire(acteur)):
        return verdict
    if annonce.declaration.engagement.lot.marche.structure_id != acteur.agit_pour.pk:
        return non("Ce marché n'est pas le vôtre.")
    return OUI if annonce.est_a_traiter else non("Cette annonce est déjà traitée.")


def peut_envoyer_le_lien(acteur: Acteur, engagement: Engagement) -> Verdict:
    if not (verdict := peut_ecrire(acteur)):
        return verdict
    return OUI if engagement.lot.marche.structure_id == acteur.agit_pour.pk else non("Ce marché n'est pas le vôtre.")


def peut_relancer(acteur: Acteur) -> Verdict:
    """Relancer une entreprise de sa structure, noter un appel, mettre en pause."""
    return peut_ecrire(acteur)


def peut_regler_les_declarations(acteur: Acteur) -> Verdict:
    return peut_ecrire(acteur)


def peut_allumer_les_relances(acteur: Acteur) -> Verdict:
    """Elles écrivent d'elles-mêmes à toutes les entreprises de la structure : c'est au responsable de le vouloir."""
    return OUI if acteur.est_responsable else non("Seul un responsable de la structure peut allumer les relances.")
