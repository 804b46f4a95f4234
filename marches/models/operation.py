from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from marches.enums import Programme
from marches.models.maitre_ouvrage import MaitreOuvrage
from marches.querysets import PropreAStructureQuerySet
from socle.modeles import ModeleArchivable
from socle.texte import plier, sans_numero_national


class Operation(ModeleArchivable):
    """Un projet qui regroupe des marchés : un équipement, un quartier rénové, un programme."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    nom = models.CharField("nom", max_length=200)
    nom_plie = models.CharField(max_length=200, editable=False, db_index=True)
    maitre_ouvrage = models.ForeignKey(
        MaitreOuvrage,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="operations",
        verbose_name="maître d'ouvrage",
    )
    programme = models.CharField("programme", max_length=8, choices=Programme, default=Programme.AUCUN)
    taux_cible = models.DecimalField(
        "part des heures réservée à l'insertion (%)",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    heures_travaillees = models.DecimalField(
        "heures travaillées prévues",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    description = models.TextField("description", blank=True, validators=[sans_numero_national])

    objects = PropreAStructureQuerySet.as_manager()

    class Meta:
        verbose_name = "opération"
        ordering = ["nom_plie", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "nom"],
                name="operation_nom_unique",
                violation_error_message="Une opération porte déjà ce nom.",
                violation_error_code="champ:nom",
            )
        ]

    def __str__(self) -> str:
        return self.nom

    def save(self, *args, **kwargs):
        self.nom_plie = plier(self.nom)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("marches:operation", args=[self.uuid])
