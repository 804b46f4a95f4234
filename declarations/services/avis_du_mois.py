"""À qui de l'entreprise on écrit d'un mois, ce qu'on en dira, et le courriel lui-même."""

from comptes.acteur import Acteur
from declarations.models import Declaration
from declarations.services.liens import USAGE_DECLARATION, fiche_de
from entreprises.destinataires import declarant_joignable, joignables_de
from socle.avis import Avis
from socle.services.courriels import ecrire_courriel
from socle.services.liens import donner_lien


def avis_du_mois(declaration: Declaration, *, quand: str = "") -> Avis:
    """Qui l'a déclaré, s'il reçoit encore ; sinon le premier joignable de l'entreprise."""
    engagement = declaration.engagement
    structure = engagement.lot.marche.structure_id
    joignables = joignables_de(structure, engagement.entreprise, engagement.correspondant)
    declarant = declarant_joignable(structure, engagement.entreprise, joignables, declaration.declaree_par)
    return joignables.avis(declarant or joignables.premier, quand=quand)


def ecrire_a_l_entreprise(acteur: Acteur, declaration: Declaration, gabarit: str, contexte: dict) -> Avis:
    """Écrit à qui a déclaré, ou à défaut au premier joignable ; le lien ouvre la page où se lisent les noms."""
    engagement, structure = declaration.engagement, declaration.engagement.lot.marche.structure
    avis, fiche = avis_du_mois(declaration), fiche_de(engagement)
    for destinataire in avis.destinataires:
        adresse = destinataire.adresse
        ecrire_courriel(
            destinataire=adresse,
            gabarit=gabarit,
            structure=structure,
            contexte={
                "declaration": declaration,
                "entreprise": engagement.entreprise.raison_sociale,
                "marche": engagement.lot.marche.reference,
                "structure": structure.nom,
                "lien": donner_lien(structure=structure, usage=USAGE_DECLARATION, objet=fiche, destinataire=adresse),
                **contexte,
            },
            repondre_a=acteur.utilisateur.email if acteur.utilisateur else "",
        )
    return avis
