from comptes.acteur import Acteur
from recrutement.models import Contrat
from socle.regles import OUI, Verdict, non


def peut_gerer_les_contrats(acteur: Acteur) -> Verdict:
    return (
        OUI
        if acteur.peut_ecrire
        else non("Votre accès est en lecture : demandez à un facilitateur de votre structure.")
    )


def peut_modifier_contrat(acteur: Acteur, contrat: Contrat) -> Verdict:
    if not (verdict := peut_gerer_les_contrats(acteur)):
        return verdict
    if contrat.structure_id != acteur.organisation.pk:
        return non("Ce contrat n'est pas de votre structure.")
    return non("Ce contrat est archivé : sortez-le de l'archive pour le modifier.") if contrat.est_archive else OUI
