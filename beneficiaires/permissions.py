from beneficiaires.models import Beneficiaire
from comptes.acteur import Acteur
from socle.regles import OUI, Verdict, non


def peut_gerer_les_dossiers(acteur: Acteur) -> Verdict:
    return (
        OUI
        if acteur.peut_ecrire
        else non("Votre accès est en lecture : demandez à un facilitateur de votre structure.")
    )


def peut_modifier_dossier(acteur: Acteur, beneficiaire: Beneficiaire) -> Verdict:
    if not (verdict := peut_gerer_les_dossiers(acteur)):
        return verdict
    if beneficiaire.structure_id != acteur.organisation.pk:
        return non("Ce dossier n'est pas de votre structure.")
    return non("Ce dossier est archivé : sortez-le de l'archive pour le modifier.") if beneficiaire.est_archive else OUI
