from socle.enums import TRANSITIONS_COURRIEL
from socle.models import Courriel
from socle.regles import OUI, Verdict, non


def peut_enregistrer_une_vue(acteur) -> Verdict:
    """Qui agit en personne, pour une organisation : un travail automatique n'a pas de vue."""
    if acteur.utilisateur is None or acteur.organisation is None:
        return non("Une vue s'enregistre pour soi, dans son organisation.")
    return OUI


def peut_demander_un_document(acteur) -> Verdict:
    """Un document est à l'organisation pour qui on le demande."""
    return OUI if acteur.organisation is not None else non("Un document se demande pour une organisation.")


def peut_renvoyer(acteur, courriel: Courriel) -> Verdict:
    """Un courriel abandonné de sa structure, tant que son contenu n'est pas effacé."""
    if not acteur.peut_ecrire or courriel.structure_id != acteur.organisation.pk:
        return non("Votre accès est en lecture : demandez à un facilitateur de votre structure.")
    if courriel.corps_efface_le:
        return non("Le contenu de ce courriel est effacé : écrivez-en un autre.")
    return TRANSITIONS_COURRIEL.verdict("renvoyer", courriel.etat)
