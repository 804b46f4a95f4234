from comptes.acteur import Acteur
from reporting.enums import TRANSITIONS_BILAN, StatutBilan
from reporting.models import Bilan
from socle.regles import OUI, Verdict, non

LECTURE_SEULE = "Votre accès est en lecture : demandez à un facilitateur de votre structure."
RESPONSABLE_SEUL = "Seul un responsable de la structure publie un bilan."


def peut_preparer_bilan(acteur: Acteur) -> Verdict:
    return OUI if acteur.peut_ecrire else non(LECTURE_SEULE)


def peut_regler_les_bilans(acteur: Acteur) -> Verdict:
    return OUI if acteur.est_responsable else non("Seul un responsable de la structure règle ses bilans.")


def peut_ecarter_brouillon(acteur: Acteur, bilan: Bilan) -> Verdict:
    if not (verdict := _est_a_sa_structure(acteur, bilan)):
        return verdict
    if not acteur.peut_ecrire:
        return non(LECTURE_SEULE)
    return OUI if bilan.est_brouillon else non("Un bilan publié ne s'écarte pas : il reste tel qu'il a été remis.")


def peut_publier_bilan(acteur: Acteur, bilan: Bilan) -> Verdict:
    """Publier engage la structure : un responsable, sur un brouillon dont il a pu lire le document."""
    if not (verdict := _est_a_sa_structure(acteur, bilan)):
        return verdict
    if not acteur.est_responsable:
        return non(RESPONSABLE_SEUL)
    if bilan.statut == StatutBilan.PUBLIE:
        return non("Ce bilan est déjà publié. Pour le corriger, préparez-en une nouvelle version.")
    if not (verdict := TRANSITIONS_BILAN.verdict("publier", bilan.statut)):
        return verdict
    return OUI if bilan.est_pret else non("Ce brouillon n'est pas prêt : attendez la fin de sa fabrication.")


def _est_a_sa_structure(acteur: Acteur, bilan: Bilan) -> Verdict:
    sienne = acteur.structure is not None and acteur.structure.pk == bilan.structure_id
    return OUI if sienne else non("Ce bilan n'est pas de votre structure.")
