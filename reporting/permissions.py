from comptes.acteur import Acteur
from comptes.enums import Role
from reporting.enums import TRANSITIONS_BILAN, StatutBilan
from reporting.models import Bilan
from socle.permissions import LECTURE_SEULE
from socle.regles import OUI, Verdict, non

RESPONSABLE_SEUL = "Seul un responsable de la structure publie un bilan."
ETRANGER = "Ce bilan n'est pas de votre structure."


def peut_preparer_bilan(acteur: Acteur) -> Verdict:
    """Un facilitateur qui écrit, pour sa structure ; un membre du réseau, pour son réseau."""
    return OUI if _ecrit(acteur) else non(LECTURE_SEULE)


def peut_refaire_bilan(acteur: Acteur, bilan: Bilan) -> Verdict:
    """Qui l'a établi : qui l'a reçu ne prépare pas à sa place."""
    return _est_le_sien(acteur, bilan)


def peut_preparer_le_bilan_annuel(acteur: Acteur) -> Verdict:
    """Il se prépare d'office pour une structure ; un réseau prépare les siens à la main."""
    return OUI if acteur.peut_ecrire else non(LECTURE_SEULE)


def peut_regler_les_bilans(acteur: Acteur) -> Verdict:
    return OUI if acteur.est_responsable else non("Seul un responsable de la structure règle ses bilans.")


def peut_fixer_les_objectifs(acteur: Acteur) -> Verdict:
    return OUI if acteur.est_responsable else non("Seul un responsable de la structure fixe ses objectifs.")


def peut_ecrire_bilan(acteur: Acteur, bilan: Bilan) -> Verdict:
    if not (verdict := _est_le_sien(acteur, bilan)):
        return verdict
    if not bilan.est_en_preparation:
        return non("Un bilan publié ne change plus : préparez-en une nouvelle version.")
    if bilan.document_en_route:
        return non("Le bilan est en préparation : attendez qu'il soit prêt.")
    return OUI


def peut_relire_bilan(acteur: Acteur, bilan: Bilan) -> Verdict:
    """On ne relit que ce qui est prêt."""
    if not (verdict := _est_le_sien(acteur, bilan)):
        return verdict
    if not (verdict := TRANSITIONS_BILAN.verdict("relire", bilan.statut)):
        return verdict
    return OUI if bilan.est_pret else non("Ce brouillon n'est pas prêt : attendez la fin de sa fabrication.")


def peut_ecarter_brouillon(acteur: Acteur, bilan: Bilan) -> Verdict:
    if not (verdict := _est_le_sien(acteur, bilan)):
        return verdict
    if bilan.est_en_preparation:
        return OUI
    return non("Un bilan publié ne s'écarte pas : il reste tel qu'il a été remis.")


def peut_publier_bilan(acteur: Acteur, bilan: Bilan) -> Verdict:
    """Publier engage la structure : un responsable (ou le réseau), sur un bilan relu dont il a pu lire le document."""
    if not (verdict := _est_le_sien(acteur, bilan)):
        return verdict
    if not (acteur.est_responsable or acteur.role == Role.RESEAU):
        return non(RESPONSABLE_SEUL)
    if bilan.statut == StatutBilan.PUBLIE:
        return non("Ce bilan est déjà publié. Pour le corriger, préparez-en une nouvelle version.")
    if bilan.statut == StatutBilan.BROUILLON:
        return non("Ce brouillon n'est pas relu : lisez-le, puis marquez-le relu.")
    if not (verdict := TRANSITIONS_BILAN.verdict("publier", bilan.statut)):
        return verdict
    return OUI if bilan.est_pret else non("Ce bilan n'est pas prêt : attendez la fin de sa fabrication.")


def est_de_son_organisation(acteur: Acteur, bilan: Bilan) -> bool:
    """Vrai pour qui l'établit, faux pour qui le reçoit."""
    return acteur.organisation is not None and acteur.organisation.pk == bilan.structure_id


def _est_le_sien(acteur: Acteur, bilan: Bilan) -> Verdict:
    if not est_de_son_organisation(acteur, bilan):
        return non(ETRANGER)
    return OUI if _ecrit(acteur) else non(LECTURE_SEULE)


def _ecrit(acteur: Acteur) -> bool:
    return acteur.peut_ecrire or acteur.role == Role.RESEAU
