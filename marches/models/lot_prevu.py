from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models

from marches.models.corps_metier import POURCENT, CorpsMetier
from marches.models.projet import ProjetAchat
from marches.querysets import LotPrevuQuerySet
from socle.modeles import ModeleIdentifie


class LotPrevu(ModeleIdentifie):
    """Un lot que l'achat aura, dimensionné dès l'étude. Le marché né du projet reprend ses lots et leurs heures."""

    projet = models.ForeignKey(ProjetAchat, on_delete=models.CASCADE, related_name="lots_prevus")
    numero = models.CharField("numéro", max_length=20)
    intitule = models.CharField("intitulé", max_length=200)
    corps_metier = models.ForeignKey(
        CorpsMetier, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="corps de métier"
    )
    montant_ht = models.DecimalField(
        "montant HT",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    taux = models.DecimalField(
        "taux d'insertion (%)", max_digits=5, decimal_places=2, null=True, blank=True, validators=POURCENT
    )
    heures_calculees = models.DecimalField(
        "heures calculées", max_digits=12, decimal_places=2, null=True, blank=True, editable=False
    )
    heures = models.DecimalField(
        "heures", max_digits=10, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )

    objects = LotPrevuQuerySet.as_manager()

    class Meta:
        verbose_name = "lot prévu"
        verbose_name_plural = "lots prévus"
        ordering = ["projet", "numero", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "numero"],
                name="lot_prevu_numero_unique",
                violation_error_message="Deux lots du projet portent ce numéro.",
            ),
            models.CheckConstraint(
                condition=models.Q(heures__isnull=True) | models.Q(heures__gte=0),
                name="lot_prevu_heures_positives",
                violation_error_message="Les heures ne peuvent pas être négatives.",
            ),
        ]

    def __str__(self) -> str:
        return f"Lot {self.numero} · {self.intitule}"

    def get_absolute_url(self) -> str:
        return self.projet.get_absolute_url()
