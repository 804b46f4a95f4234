"""Ce qu'on écrit d'un besoin ou d'une offre : aux facilitateurs quand il naît, à l'entreprise à chaque pas. Chacun dit à qui."""

from django.conf import settings
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.destinataires import membres_joignables
from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from entreprises.destinataires import Joignables, joignables_de
from recrutement.models import Offre
from socle.avis import Avis, Destinataire
from socle.services.courriels import ecrire_a_chacun

PAR_UN_LIEN = "Envoyez-lui le lien de réponse, depuis la page de l'offre."


def repondre_a(acteur: Acteur, offre: Offre) -> str:
    """Qui lira la réponse : le facilitateur qui fait le geste, sinon celui du marché."""
    if acteur.est_facilitateur and acteur.utilisateur:
        return acteur.utilisateur.email
    charge = offre.engagement.lot.marche.facilitateur
    return charge.email if charge and charge.is_active else ""


def facilitateurs_joignables(offre: Offre) -> list[Destinataire]:
    """Le facilitateur chargé du marché, sinon tous ceux qui écrivent dans la structure."""
    membres = membres_joignables(offre.structure_id, roles=FACILITATEURS_QUI_ECRIVENT)
    charge = offre.engagement.lot.marche.facilitateur
    return [membre for membre in membres if charge and membre.adresse == charge.email] or membres


def prevenir_les_facilitateurs(offre: Offre) -> Avis:
    """Une fois par besoin."""
    ecrits = ecrire_a_chacun(
        facilitateurs_joignables(offre),
        gabarit="courriels/besoin_exprime",
        contexte={"offre": offre, "lien": settings.SITE_URL + reverse("recrutement:offre", args=[offre.uuid])},
        cle=f"besoin-{offre.uuid}",
    )
    return Avis("votre facilitateur", ecrits)


def prevenir_l_entreprise(offre: Offre, pas: str, suite: str) -> Avis:
    """Ce que devient son besoin, à chacun de ses membres ; une fois par pas."""
    joignables = _joignables(offre)
    ecrits = _ecrire_aux_membres(
        offre, joignables, "courriels/besoin_avance", cle=f"besoin-{pas}-{offre.uuid}", suite=suite
    )
    return joignables.avis(ecrits)


def annoncer_la_transmission(offre: Offre, nombre: int) -> Avis:
    """« Des personnes vous sont proposées », à chaque membre du compte. Sans compte, l'entreprise répond par un lien."""
    joignables = _joignables(offre)
    ecrits = _ecrire_aux_membres(offre, joignables, "courriels/candidatures_transmises", cle=None, nombre=nombre)
    return joignables.avis(ecrits, manque="de compte où les lire", sinon=PAR_UN_LIEN)


def _joignables(offre: Offre) -> Joignables:
    return joignables_de(offre.structure_id, offre.engagement.entreprise, offre.engagement.correspondant)


def _ecrire_aux_membres(
    offre: Offre, joignables: Joignables, gabarit: str, *, cle: str | None, **contexte
) -> tuple[Destinataire, ...]:
    facilitateur = offre.engagement.lot.marche.facilitateur
    return ecrire_a_chacun(
        joignables.membres,
        gabarit=gabarit,
        structure=offre.structure,
        contexte={
            "offre": offre,
            "structure": offre.structure.nom,
            "lien": settings.SITE_URL + reverse("recrutement:reponse", args=[offre.uuid]),
            **contexte,
        },
        cle=cle,
        repondre_a=facilitateur.email if facilitateur else "",
    )
