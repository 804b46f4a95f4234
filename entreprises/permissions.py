from collections.abc import Collection

from comptes.acteur import Acteur
from entreprises.models import Entreprise, FicheEntreprise
from socle.permissions import peut_ecrire
from socle.regles import OUI, Verdict, non

IDENTITE_PARTAGEE = "Cette entreprise est suivie par d'autres structures : son identité n'est plus modifiable ici."

COMPTE_PERDU = (
    "{gardee} a un compte, qui ne verrait plus ses engagements : fusionnez dans l'autre sens, en gardant celle-là."
)


def peut_suivre_une_entreprise(acteur: Acteur) -> Verdict:
    return peut_ecrire(acteur)


def peut_modifier_identite(acteur: Acteur, entreprise: Entreprise) -> Verdict:
    """L'identité est commune à toutes les structures : elle ne se change que si l'on est seul à suivre l'entreprise."""
    if not (verdict := peut_suivre_une_entreprise(acteur)):
        return verdict
    return non(IDENTITE_PARTAGEE) if sont_suivies_ailleurs(acteur, [entreprise]) else OUI


def peut_fusionner(acteur: Acteur, gardee: Entreprise, absorbee: Entreprise) -> Verdict:
    """Chaque structure réunit chez elle ; un compte d'entreprise ne perd pas de vue ses engagements au profit de personne."""
    if not (verdict := peut_suivre_une_entreprise(acteur)):
        return verdict
    if absorbee.organisation_id and not gardee.organisation_id:
        return non(COMPTE_PERDU.format(gardee=absorbee.raison_sociale))
    return OUI


def sont_suivies_ailleurs(acteur: Acteur, entreprises: Collection[Entreprise]) -> bool:
    """Vrai si une autre structure suit l'une d'elles."""
    fiches = FicheEntreprise.objects.filter(entreprise__in=entreprises)
    return fiches.exclude(structure=acteur.organisation).exists()
