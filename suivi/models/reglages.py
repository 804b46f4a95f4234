"""Comment une structure attend les déclarations de ses entreprises."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from socle.modeles import ModeleSuivi
from suivi.querysets import ReglagesParcoursQuerySet


class ReglagesDeclaration(ModeleSuivi):
    """Le jour du mois avant lequel une entreprise déclare ; le même à la fin d'un trimestre."""

    structure = models.OneToOneField(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="+")
    jour_echeance = models.PositiveSmallIntegerField(
        "à déclarer avant le",
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text="Jour du mois qui suit, ou du mois qui suit le trimestre. Les mois déjà ouverts gardent leur échéance.",
    )

    objects = ReglagesParcoursQuerySet.as_manager()

    class Meta:
        verbose_name = "réglages des déclarations"

    def __str__(self) -> str:
        return f"réglages des déclarations {self.uuid}"
