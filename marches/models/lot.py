from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from marches.models.marche import Marche
from marches.querysets import LotQuerySet
from socle.modeles import ModeleArchivable


class Lot(ModeleArchivable):
    """Une part du marché. L'obligation d'heures se lit lot par lot et titulaire par titulaire."""

    marche = models.ForeignKey(Marche, on_delete=models.PROTECT, related_name="lots")
    numero = models.CharField("numéro", max_length=20)
    intitule = models.CharField("intitulé", max_length=200)
    montant_ht = models.DecimalField(
        "montant HT", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )

    objects = LotQuerySet.as_manager()
    historique = HistoricalRecords()

    class Meta:
        verbose_name = "lot"
        ordering = ["marche", "numero", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["marche", "numero"],
                name="lot_numero_unique",
                violation_error_message="Un lot du marché porte déjà ce numéro.",
                violation_error_code="champ:numero",
            ),
            models.CheckConstraint(
                condition=Q(montant_ht__isnull=True) | Q(montant_ht__gte=0),
                name="lot_montant_positif",
                violation_error_message="Le montant ne peut pas être négatif.",
                violation_error_code="champ:montant_ht",
            ),
        ]

    def __str__(self) -> str:
        return f"Lot {self.numero} · {self.intitule}"

    def get_absolute_url(self) -> str:
        return self.marche.get_absolute_url()
