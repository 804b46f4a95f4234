from comptes.acteur import Acteur
from comptes.enums import Role
from comptes.models import Organisation
from reprise.enums import EtatReprise
from reprise.models import Reprise
from socle.permissions import peut_ecrire
from socle.regles import OUI, Verdict, non


def peut_reprendre(acteur: Acteur) -> Verdict:
    """Reprendre un classeur écrit partout dans la structure : c'est un geste de facilitateur."""
    return peut_ecrire(acteur)


def peut_appliquer(acteur: Acteur, reprise: Reprise) -> Verdict:
    """Pour de vrai : une analyse sans erreur, dont le fichier est encore là."""
    if not (verdict := peut_reprendre(acteur)):
        return verdict
    if acteur.structure is None or acteur.structure.pk != reprise.structure_id:
        return non("Cette reprise n'est pas de votre structure.")
    if reprise.etat == EtatReprise.FAITE:
        return non("Ce classeur est déjà repris.")
    if reprise.etat != EtatReprise.PRETE:
        return non("Seul un classeur analysé sans erreur se reprend pour de vrai.")
    return OUI if reprise.fichier else non("Le fichier a été effacé : déposez votre classeur de nouveau.")


def peut_corriger(acteur: Acteur, reprise: Reprise) -> Verdict:
    """À l'écran, tant que rien n'est écrit et que le fichier est là : ses colonnes, puis ses lignes."""
    if not (verdict := peut_reprendre(acteur)):
        return verdict
    if acteur.structure is None or acteur.structure.pk != reprise.structure_id:
        return non("Cette reprise n'est pas de votre structure.")
    if reprise.etat not in (EtatReprise.A_CORRIGER, EtatReprise.PRETE):
        return non("Un classeur se corrige une fois analysé, et tant qu'il n'est pas repris.")
    return OUI if reprise.fichier else non("Le fichier a été effacé : déposez votre classeur de nouveau.")


def peut_deposer_une_liste(acteur: Acteur, structure: Organisation, prescripteur: Organisation) -> Verdict:
    """Un prescripteur pour lui-même, ou un facilitateur au nom d'un prescripteur partenaire."""
    if acteur.role == Role.PRESCRIPTEUR:
        if prescripteur != acteur.organisation:
            return non("Vous ne confiez que les personnes de votre organisation.")
    elif not (verdict := peut_reprendre(acteur)):
        return verdict
    elif structure != acteur.organisation:
        return non("Cette structure n'est pas la vôtre.")
    if not prescripteur.partenariats.filter(structure=structure).exists():
        return non("Cette organisation n'est pas partenaire de la structure.")
    return OUI
