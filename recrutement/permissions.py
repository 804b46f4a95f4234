"""Qui peut quoi sur les offres, les candidatures et les contrats."""

from comptes.acteur import Acteur
from comptes.enums import Role
from marches.models import Engagement
from recrutement.enums import (
    GESTES_DE_L_ENTREPRISE,
    GESTES_DU_PRESCRIPTEUR,
    TRANSITIONS_CANDIDATURE,
    TRANSITIONS_OFFRE,
    StatutCandidature,
    StatutOffre,
)
from recrutement.models import AideEmbauche, Candidature, Contrat, Offre
from socle.permissions import peut_ecrire
from socle.regles import OUI, Verdict, non

AU_FACILITATEUR = "Ce geste revient au facilitateur."


def peut_gerer_les_contrats(acteur: Acteur) -> Verdict:
    return peut_ecrire(acteur)


def peut_modifier_contrat(acteur: Acteur, contrat: Contrat) -> Verdict:
    if not (verdict := peut_gerer_les_contrats(acteur)):
        return verdict
    if contrat.structure_id != acteur.agit_pour.pk:
        return non("Ce contrat n'est pas de votre structure.")
    return non("Ce contrat est archivé : sortez-le de l'archive pour le modifier.") if contrat.est_archive else OUI


def peut_gerer_les_offres(acteur: Acteur) -> Verdict:
    return peut_ecrire(acteur)


def peut_modifier_offre(acteur: Acteur, offre: Offre) -> Verdict:
    if not (verdict := peut_gerer_les_offres(acteur)):
        return verdict
    if offre.structure_id != acteur.agit_pour.pk:
        return non("Cette offre n'est pas de votre structure.")
    if offre.est_un_besoin:
        return non("L'entreprise peut encore changer ce besoin : prenez-le en main d'abord.")
    return non("Cette offre est abandonnée.") if offre.statut == StatutOffre.ABANDONNEE else OUI


def peut_avancer_offre(acteur: Acteur, offre: Offre, transition: str) -> Verdict:
    if not (verdict := peut_modifier_offre(acteur, offre)):
        return verdict
    return TRANSITIONS_OFFRE.verdict(transition, offre.statut)


def peut_gerer_les_aides(acteur: Acteur, aide: AideEmbauche | None = None) -> Verdict:
    if not (verdict := peut_ecrire(acteur)):
        return verdict
    if aide is not None and aide.structure_id != acteur.agit_pour.pk:
        return non("Cette aide n'est pas de votre structure.")
    return OUI


def peut_exprimer_un_besoin(acteur: Acteur, engagement: Engagement) -> Verdict:
    """L'entreprise engagée, par son compte."""
    if acteur.role != Role.ENTREPRISE or engagement.entreprise.organisation_id != acteur.agit_pour.pk:
        return non("Cet engagement n'est pas celui de votre entreprise.")
    return OUI


def peut_changer_le_besoin(acteur: Acteur, offre: Offre) -> Verdict:
    """Corriger ou retirer : l'entreprise, tant que le facilitateur ne l'a pas pris en main."""
    if not (verdict := peut_exprimer_un_besoin(acteur, offre.engagement)):
        return verdict
    if offre.est_un_besoin:
        return OUI
    return non("Ce besoin ne se change plus ici : demandez la correction à votre facilitateur.")


def peut_examiner_le_besoin(acteur: Acteur, offre: Offre) -> Verdict:
    """Prendre en main ou écarter : un facilitateur de la structure."""
    if not (verdict := peut_gerer_les_offres(acteur)):
        return verdict
    if offre.structure_id != acteur.agit_pour.pk:
        return non("Cette offre n'est pas de votre structure.")
    return OUI if offre.est_un_besoin else non("Ce besoin est déjà examiné, ou retiré.")


def peut_proposer(acteur: Acteur, offre: Offre) -> Verdict:
    """Un facilitateur de la structure, ou un prescripteur à qui l'offre est diffusée ; tant qu'elle est ouverte."""
    if acteur.est_facilitateur:
        if not (verdict := peut_modifier_offre(acteur, offre)):
            return verdict
    elif acteur.role != Role.PRESCRIPTEUR:
        return non("Seuls la structure et ses prescripteurs proposent des personnes.")
    return OUI if offre.est_ouverte else non("Cette offre n'est pas ouverte aux propositions.")


def peut_retablir_candidature(acteur: Acteur, candidature: Candidature) -> Verdict:
    """Le facilitateur revient sur toute sortie ; le prescripteur, sur le retrait de sa personne."""
    if acteur.role == Role.PRESCRIPTEUR:
        return non(AU_FACILITATEUR) if candidature.statut == StatutCandidature.REFUSEE else OUI
    return peut_ecrire(acteur)


def peut_avancer_candidature(acteur: Acteur, candidature: Candidature, transition: str) -> Verdict:
    """Le facilitateur mène tout ; l'entreprise répond à ce qu'on lui transmet ; le prescripteur retire sa personne."""
    permis: dict[Role | None, frozenset[str]] = {
        Role.ENTREPRISE: GESTES_DE_L_ENTREPRISE,
        Role.PRESCRIPTEUR: GESTES_DU_PRESCRIPTEUR,
    }
    if acteur.est_facilitateur:
        if not (verdict := peut_ecrire(acteur)):
            return verdict
    elif transition not in permis.get(acteur.role, ()):
        return non(AU_FACILITATEUR)
    if acteur.role == Role.ENTREPRISE and candidature.statut not in TRANSITIONS_CANDIDATURE["rencontrer"].depuis:
        return non("Cette candidature n'attend pas de réponse de votre entreprise.")
    if transition == "retirer" and candidature.contrat_id:
        return non("Un contrat est établi : arrêtez le contrat, avec sa raison.")
    return TRANSITIONS_CANDIDATURE.verdict(transition, candidature.statut)
