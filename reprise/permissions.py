from comptes.acteur import Acteur
from socle.regles import OUI, Verdict, non


def peut_reprendre(acteur: Acteur) -> Verdict:
    """Reprendre un classeur écrit partout dans la structure : c'est un geste de facilitateur."""
    return (
        OUI
        if acteur.peut_ecrire
        else non("Votre accès est en lecture : demandez à un facilitateur de votre structure.")
    )
