"""Le premier pas d'une structure qui tient déjà un classeur : le reprendre."""

from django.db.models import Exists, OuterRef

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from reprise.enums import EtatReprise
from reprise.models import Reprise
from socle.premiers_pas import DONNEES, premier_pas


@premier_pas(
    "classeur",
    DONNEES,
    "Votre classeur",
    "Si vous en tenez un : marchés, personnes, contrats et heures arrivent d'un coup. Passez ce pas si vous n'en avez pas.",
    liens=[("Reprendre un classeur", "reprise:importer")],
    roles=FACILITATEURS_QUI_ECRIVENT,
    ordre=10,
)
def _classeur():
    return Exists(Reprise.objects.filter(structure=OuterRef("pk"), etat=EtatReprise.FAITE))
