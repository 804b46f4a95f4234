"""Les courriels d'une pénalité : à l'entreprise, à l'acheteur, au facilitateur. Chacun dit à qui il est vraiment écrit."""

from django.conf import settings

from cloture.models import Penalite
from entreprises.destinataires import joignables_de
from marches.destinataires import L_ACHETEUR, acheteurs_joignables
from socle.avis import Avis, Destinataire
from socle.services.courriels import ecrire_a_chacun

GABARIT_LETTRE = "penalite_lettre"


def ecrire_a_l_entreprise(penalite: Penalite, gabarit: str, *, sinon: str = "") -> Avis:
    """Au correspondant et aux membres du compte, à défaut au premier contact ; une fois par personne et par envoi."""
    engagement = penalite.engagement
    marche = engagement.lot.marche
    joignables = joignables_de(marche.structure_id, engagement.entreprise, engagement.correspondant)
    ecrits = ecrire_a_chacun(
        joignables.pour_un_acte,
        gabarit=f"courriels/{gabarit}",
        contexte={**_contexte(penalite), "a_un_espace": bool(joignables.membres)},
        cle=cle_de(penalite, gabarit),
        structure=marche.structure,
        repondre_a=marche.facilitateur.email if marche.facilitateur else "",
    )
    return joignables.avis(ecrits, sinon=sinon)


def cle_de(penalite: Penalite, gabarit: str) -> str:
    """Le début des clés des courriels de ce gabarit, pour cette pénalité."""
    return f"{gabarit}-{penalite.uuid}"


def demander_la_decision(penalite: Penalite) -> Avis:
    """À chaque membre de l'acheteur ; sans compte, c'est la structure qui consignera sa décision."""
    marche = penalite.engagement.lot.marche
    ecrits = ecrire_a_chacun(
        acheteurs_joignables(marche.maitre_ouvrage, marche.structure_id),
        gabarit="courriels/penalite_a_decider",
        contexte=_contexte(penalite),
        cle=f"penalite-a-decider-{penalite.uuid}",
        structure=marche.structure,
        repondre_a=marche.facilitateur.email if marche.facilitateur else "",
    )
    return Avis(L_ACHETEUR, ecrits)


def dire_la_decision_au_facilitateur(penalite: Penalite) -> None:
    """La décision prise dans son espace par l'acheteur : le facilitateur du marché l'apprend."""
    facilitateur = penalite.engagement.lot.marche.facilitateur
    if facilitateur and facilitateur.is_active and not penalite.consignee:
        ecrire_a_chacun(
            [Destinataire(facilitateur.get_full_name(), facilitateur.email, cle=str(facilitateur.uuid))],
            gabarit="courriels/penalite_decision_prise",
            contexte=_contexte(penalite),
            cle=f"penalite-decision-prise-{penalite.uuid}",
        )


def _contexte(penalite: Penalite) -> dict:
    marche = penalite.engagement.lot.marche
    return {
        "penalite": penalite,
        "genre": penalite.get_genre_display().lower(),
        "marche": marche,
        "structure": marche.structure.nom,
        "acheteur": marche.maitre_ouvrage.nom,
        "entreprise": penalite.engagement.entreprise.raison_sociale,
        "lien": settings.SITE_URL + penalite.get_absolute_url(),
    }
