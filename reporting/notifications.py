"""Les courriels des bilans : à chaque membre d'un destinataire, une seule fois."""

from django.conf import settings

from comptes.models import Adhesion
from reporting.models import Bilan
from socle.services.courriels import ecrire_courriel


def annoncer_la_publication(bilan: Bilan) -> int:
    """Dit à chacun que le bilan est dans son espace. Rend le nombre de personnes prévenues ; une seconde fois n'écrit rien."""
    membres = Adhesion.objects.en_vigueur().filter(
        organisation__in=bilan.destinataires.all(), utilisateur__is_active=True
    )
    combien = 0
    for adhesion in membres.select_related("utilisateur").order_by("pk"):
        ecrire_courriel(
            destinataire=adhesion.utilisateur.email,
            gabarit="courriels/bilan_publie",
            structure=bilan.structure,
            contexte={
                "bilan": bilan.nom,
                "structure": bilan.structure.nom,
                "version": bilan.version,
                "motif": bilan.motif,
                "lien": settings.SITE_URL + bilan.get_absolute_url(),
            },
            cle=f"bilan-publie-{bilan.uuid}-{adhesion.uuid}",
        )
        combien += 1
    return combien
