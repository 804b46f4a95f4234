"""Ce qu'une structure décide de la fin d'un engagement."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from comptes.querysets import ReglagesQuerySet
from socle.modeles import ModeleIdentifie

JOURS_POUR_REPONDRE = 15


class ReglagesCloture(ModeleIdentifie):
    """Ce qu'une structure règle pour la fin des engagements : le délai du contradictoire, les seuils de l'attestation."""

    structure = models.OneToOneField(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="+")
    jours_pour_repondre = models.PositiveSmallIntegerField(
        "jours laissés à l'entreprise pour répondre",
        default=JOURS_POUR_REPONDRE,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    seuil_satisfait = models.DecimalField(
        "« satisfait » à partir de (%)",
        max_digits=5,
        decimal_places=2,
        default=Decimal(100),
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    seuil_partiel = models.DecimalField(
        "« partiellement satisfait » à partir de (%)",
        max_digits=5,
        decimal_places=2,
        default=Decimal(50),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="En part des heures dues, une fois ôtées les heures neutralisées. En dessous : « non satisfait ».",
    )

    objects = ReglagesQuerySet.as_manager()

    class Meta:
        verbose_name = "réglages de la fin des engagements"
        constraints = [
            models.CheckConstraint(
                condition=Q(seuil_partiel__lte=F("seuil_satisfait")),
                name="cloture_seuils_dans_l_ordre",
                violation_error_message="Le seuil partiel ne dépasse pas celui de « satisfait ».",
                violation_error_code="champ:seuil_partiel",
            )
        ]

    def __str__(self) -> str:
        return f"réglages de la fin {self.uuid}"
