"""Les courriels des bilans : à chaque membre d'un destinataire, une seule fois."""

from django.conf import settings

from reporting.destinataires import lecteurs_joignables
from reporting.models import Bilan
from socle.services.courriels import ecrire_a_chacun


def annoncer_la_publication(bilan: Bilan) -> int:
    """Écrit à chacun que le bilan est dans son espace. Rend le nombre de destinataires ; une seconde fois n'écrit rien."""
    ecrits = ecrire_a_chacun(
        lecteurs_joignables(bilan),
        gabarit="courriels/bilan_publie",
        structure=bilan.structure,
        contexte={
            "bilan": bilan.nom,
            "structure": bilan.structure.nom,
            "version": bilan.version,
            "motif": bilan.motif,
            "lien": settings.SITE_URL + bilan.get_absolute_url(),
        },
        cle=f"bilan-publie-{bilan.uuid}",
    )
    return len(ecrits)
