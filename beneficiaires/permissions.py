from beneficiaires.models import Beneficiaire
from comptes.acteur import Acteur
from comptes.enums import Role
from comptes.models import Organisation
from socle.permissions import peut_ecrire
from socle.regles import OUI, Verdict, non

ANONYMISE = "Ce dossier est anonymisé : il ne sert plus qu'aux chiffres."


def peut_gerer_les_dossiers(acteur: Acteur) -> Verdict:
    return peut_ecrire(acteur)


def peut_modifier_dossier(acteur: Acteur, beneficiaire: Beneficiaire) -> Verdict:
    if not (verdict := peut_gerer_les_dossiers(acteur)):
        return verdict
    if beneficiaire.structure_id != acteur.agit_pour.pk:
        return non("Ce dossier n'est pas de votre structure.")
    if beneficiaire.anonymise_le:
        return non(ANONYMISE)
    return non("Ce dossier est archivé : sortez-le de l'archive pour le modifier.") if beneficiaire.est_archive else OUI


def peut_archiver_dossier(acteur: Acteur, beneficiaire: Beneficiaire) -> Verdict:
    """Dans les deux sens ; un dossier anonymisé reste à l'archive, où plus personne n'y est reconnaissable."""
    if beneficiaire.anonymise_le:
        return non(ANONYMISE)
    return peut_gerer_les_dossiers(acteur)


def peut_fusionner(acteur: Acteur, gardee: Beneficiaire, absorbee: Beneficiaire) -> Verdict:
    """Le dossier gardé se modifie ; l'autre peut être archivé, jamais anonymisé : on n'y reconnaît plus personne."""
    if not (verdict := peut_modifier_dossier(acteur, gardee)):
        return verdict
    if absorbee.structure_id != acteur.agit_pour.pk:
        return non("Ce dossier n'est pas de votre structure.")
    return non(ANONYMISE) if absorbee.anonymise_le else OUI


def peut_orienter(acteur: Acteur, structure: Organisation) -> Verdict:
    """Un prescripteur confie une personne aux structures dont il est partenaire."""
    if acteur.role != Role.PRESCRIPTEUR:
        return non("Ce geste revient à un prescripteur.")
    if not acteur.agit_pour.partenariats.filter(structure=structure).exists():
        return non("Votre organisation n'est pas partenaire de cette structure.")
    return OUI


def peut_corriger_ma_personne(acteur: Acteur, beneficiaire: Beneficiaire) -> Verdict:
    """Le prescripteur qui l'a confiée, tant que le dossier vit ; le quartier et les pièces restent au facilitateur."""
    if acteur.role != Role.PRESCRIPTEUR or beneficiaire.prescripteur_id != acteur.agit_pour.pk:
        return non("Vous ne suivez pas cette personne.")
    if beneficiaire.anonymise_le:
        return non(ANONYMISE)
    return non("Ce dossier est archivé par la structure.") if beneficiaire.est_archive else OUI


def peut_noter_le_parcours(acteur: Acteur, beneficiaire: Beneficiaire) -> Verdict:
    if beneficiaire.anonymise_le:
        return non(ANONYMISE)
    if acteur.role == Role.PRESCRIPTEUR:
        sienne = beneficiaire.prescripteur_id == acteur.agit_pour.pk
        return OUI if sienne else non("Vous ne suivez pas cette personne.")
    return peut_modifier_dossier(acteur, beneficiaire)
