from comptes.acteur import Acteur
from comptes.enums import Role
from parcours.models import PointSuivi
from recrutement.models import Contrat
from socle.permissions import peut_ecrire
from socle.regles import OUI, Verdict, non


def peut_repondre_au_point(acteur: Acteur, point: PointSuivi) -> Verdict:
    """Un facilitateur de la structure, le prescripteur de la personne, ou son référent entré par le lien signé."""
    if acteur.role == Role.PRESCRIPTEUR:
        du_prescripteur = point.contrat.beneficiaire.prescripteur_id == acteur.agit_pour.pk
        par_lien = acteur.objet_ouvert is not None and point.contrat.structure_id == acteur.agit_pour.pk
        return OUI if du_prescripteur or par_lien else non("Vous ne suivez pas cette personne.")
    return peut_ecrire(acteur)


def peut_questionner(acteur: Acteur) -> Verdict:
    """Écrire les questions, demander les avis."""
    return peut_ecrire(acteur)


def peut_repondre_au_questionnaire(acteur: Acteur, contrat: Contrat) -> Verdict:
    """La personne ou l'employeur entré par son lien signé, ou un facilitateur qui recopie une réponse."""
    if acteur.organisation is None or contrat.structure_id != acteur.agit_pour.pk:
        return non("Ce contrat n'est pas de votre structure.")
    par_lien = acteur.objet_ouvert is not None and acteur.role is None
    return OUI if par_lien else peut_questionner(acteur)


def peut_regler_le_parcours(acteur: Acteur) -> Verdict:
    return peut_ecrire(acteur)
