"""Les premiers pas d'une structure qui tiennent au territoire."""

from django.db.models import Exists, OuterRef

from socle.premiers_pas import STRUCTURE, premier_pas
from territoires.enums import ROLE_RESPONSABLE
from territoires.models import QuartierPrioritaire, Territoire


@premier_pas(
    "territoire",
    STRUCTURE,
    "Votre territoire",
    "Il dit quelle entreprise est « locale », quels marchés et quels quartiers vous regardent.",
    liens=[("Définir le territoire", "territoires:definir")],
    roles={ROLE_RESPONSABLE},
    ordre=20,
)
def _territoire():
    return Exists(Territoire.objects.filter(structure=OuterRef("pk"), communes__isnull=False))


@premier_pas(
    "quartiers",
    STRUCTURE,
    "Vos quartiers prioritaires",
    "Avec leurs contours officiels, chaque adresse dit toute seule si elle y est. Passez ce pas si vous n'en avez aucun.",
    liens=[
        ("Charger les contours", "territoires:quartiers_charger"),
        ("Voir ce qui est chargé", "territoires:quartiers"),
    ],
    roles={ROLE_RESPONSABLE},
    ordre=30,
)
def _quartiers():
    officiels = QuartierPrioritaire.objects.officiels()
    return Exists(officiels.filter(communes__territoires__structure=OuterRef("pk")))
