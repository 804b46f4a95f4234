from collections.abc import Collection

from comptes.acteur import Acteur
from entreprises.models import Entreprise, FicheEntreprise
from socle.regles import OUI, Verdict, non

IDENTITE_PARTAGEE = "Cette entreprise est suivie par d'autres structures : son identité n'est plus modifiable ici."


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
    return non(IDENTITE_PARTAGEE) if sont_suivies_ailleurs(acteur, [entreprise]) else OUI


def sont_suivies_ailleurs(acteur: Acteur, entreprises: Collection[Entreprise]) -> bool:
    """Vrai si une autre structure suit l'une d'elles."""
    fiches = FicheEntreprise.objects.filter(entreprise__in=entreprises)
    return fiches.exclude(structure=acteur.organisation).exists()
