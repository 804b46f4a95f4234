"""Le premier pas d'une structure qui tient au recrutement : les aides qu'elle fait connaître à ses entreprises."""

from django.db.models import Exists, OuterRef

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from recrutement.models import AideEmbauche
from socle.premiers_pas import REGLES, premier_pas


@premier_pas(
    "aides",
    REGLES,
    "Les aides à l'embauche",
    "Vos entreprises les lisent dans leur espace, une fois complètes : montant, source et date.",
    liens=[("Voir les aides", "recrutement:aides")],
    roles=FACILITATEURS_QUI_ECRIVENT,
    ordre=60,
)
def _aides():
    return Exists(AideEmbauche.objects.actifs().completes().filter(structure=OuterRef("pk")))
