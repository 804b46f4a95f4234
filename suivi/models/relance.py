"""Ce qui a été rappelé à une entreprise : une ligne par déclaration et par palier, jamais deux."""

from django.db import models

from socle.modeles import ModeleSuivi
from suivi.enums import IssueRelance, Palier
from suivi.models.heures import Declaration
from suivi.querysets import RelanceQuerySet


class Relance(ModeleSuivi):
    """Un palier passé pour une déclaration. `courriel` est le même pour tous les marchés d'une entreprise, ce jour-là."""

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="relances")
    palier = models.PositiveSmallIntegerField("palier", choices=Palier)
    jour = models.DateField("le")
    issue = models.CharField("issue", max_length=12, choices=IssueRelance)
    courriel = models.ForeignKey("socle.Courriel", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = RelanceQuerySet.as_manager()

    class Meta:
        verbose_name = "relance"
        ordering = ["-jour", "-palier", "pk"]
        constraints = [models.UniqueConstraint(fields=["declaration", "palier"], name="relance_unique_par_palier")]

    def __str__(self) -> str:
        return f"relance {self.uuid}"
