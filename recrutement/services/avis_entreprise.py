"""Ce qu'on écrit d'un besoin : aux facilitateurs quand il naît, à l'entreprise à chaque pas."""

from django.conf import settings
from django.urls import reverse

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from comptes.models import Adhesion
from recrutement.models import Offre
from socle.services.courriels import ecrire_courriel


def prevenir_les_facilitateurs(offre: Offre) -> None:
    """Le facilitateur chargé du marché, sinon tous ceux qui écrivent dans la structure ; une fois par besoin."""
    membres = Adhesion.objects.en_vigueur().filter(
        organisation=offre.structure, role__in=FACILITATEURS_QUI_ECRIVENT, utilisateur__is_active=True
    )
    charge = membres.filter(utilisateur=offre.engagement.lot.marche.facilitateur_id)
    contexte = {"offre": offre, "lien": settings.SITE_URL + reverse("recrutement:offre", args=[offre.uuid])}
    _ecrire(charge if charge.exists() else membres, "courriels/besoin_exprime", contexte, f"besoin-{offre.uuid}")


def prevenir_l_entreprise(offre: Offre, pas: str, suite: str) -> None:
    """Ce que devient son besoin, à chacun de ses membres ; une fois par pas."""
    membres = Adhesion.objects.en_vigueur().filter(
        organisation=offre.engagement.entreprise.organisation_id, utilisateur__is_active=True
    )
    contexte = {
        "offre": offre,
        "structure": offre.structure.nom,
        "suite": suite,
        "lien": settings.SITE_URL + reverse("recrutement:reponse", args=[offre.uuid]),
    }
    _ecrire(membres, "courriels/besoin_avance", contexte, f"besoin-{pas}-{offre.uuid}")


def _ecrire(membres, gabarit: str, contexte: dict, cle: str) -> None:
    for adhesion in membres.select_related("utilisateur").order_by("pk"):
        ecrire_courriel(
            destinataire=adhesion.utilisateur.email,
            gabarit=gabarit,
            contexte=contexte,
            cle=f"{cle}-{adhesion.uuid}",
        )
