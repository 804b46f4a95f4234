"""Le premier pas d'une structure qui tient aux publics : combien de temps une personne reste éligible."""

from django.db.models import Exists, OuterRef

from beneficiaires.models import ReglagesEligibilite
from beneficiaires.models.reglages import DUREE_PAR_DEFAUT_MOIS
from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from socle.premiers_pas import REGLES, premier_pas


@premier_pas(
    "eligibilite",
    REGLES,
    "La durée d'éligibilité",
    "Au-delà, les heures d'une personne ne comptent plus. Tant que rien n'est réglé : "
    f"{DUREE_PAR_DEFAUT_MOIS} mois dès son premier emploi.",
    liens=[("Régler la durée", "beneficiaires:regle_duree"), ("Relire les critères", "beneficiaires:regles")],
    roles=FACILITATEURS_QUI_ECRIVENT,
    ordre=20,
)
def _eligibilite():
    return Exists(ReglagesEligibilite.objects.filter(structure=OuterRef("pk")))
