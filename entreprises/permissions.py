from comptes.acteur import Acteur
from entreprises.models import Entreprise, FicheEntreprise
from socle.regles import OUI, Verdict, non


def peut_suivre_une_entreprise(acteur: Acteur) -> Verdict:
    return (
        OUI
        if acteur.peut_ecrire
        else non("Votre accès est en lecture : demandez à un facilitateur de votre structure.")
    )


def peut_modifier_identite(acteur: Acteur, entreprise: Entreprise) -> Verdict:
    """L'identité est commune à toutes les structures : elle ne se change que si l'on est seul à suivre l'entreprise."""
    if not (verdict := peut_suivre_une_entreprise(acteur)):
        return verdict
    if FicheEntreprise.objects.filter(entreprise=entreprise).exclude(structure=acteur.organisation).exists():
        return non("Cette entreprise est suivie par d'autres structures : son identité n'est plus modifiable ici.")
    return OUI
