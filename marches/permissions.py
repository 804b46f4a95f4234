from comptes.acteur import Acteur
from marches.models import FicheMaitreOuvrage, Lot, MaitreOuvrage, Marche
from socle.regles import OUI, Verdict, non

LECTURE_SEULE = "Votre accès est en lecture : demandez à un facilitateur de votre structure."


def peut_gerer_les_marches(acteur: Acteur) -> Verdict:
    return OUI if acteur.peut_ecrire else non(LECTURE_SEULE)


def peut_modifier_marche(acteur: Acteur, marche: Marche) -> Verdict:
    if not (verdict := peut_gerer_les_marches(acteur)):
        return verdict
    if marche.structure_id != acteur.organisation.pk:
        return non("Ce marché n'est pas suivi par votre structure.")
    return non("Ce marché est archivé : sortez-le de l'archive pour le modifier.") if marche.est_archive else OUI


def peut_modifier_lot(acteur: Acteur, lot: Lot) -> Verdict:
    return peut_modifier_marche(acteur, lot.marche)


def peut_modifier_identite(acteur: Acteur, maitre_ouvrage: MaitreOuvrage) -> Verdict:
    """L'identité est commune à toutes les structures : elle ne se change que si l'on est seul à suivre l'acheteur."""
    if not (verdict := peut_gerer_les_marches(acteur)):
        return verdict
    autres = FicheMaitreOuvrage.objects.filter(maitre_ouvrage=maitre_ouvrage).exclude(structure=acteur.organisation)
    if autres.exists():
        return non("Ce maître d'ouvrage est suivi par d'autres structures : son identité n'est plus modifiable ici.")
    return OUI
