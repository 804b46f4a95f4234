from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from socle.modeles import ModeleSuivi


class ReglagesEligibilite(ModeleSuivi):
    """Les règles d'éligibilité d'une structure. Défaut : 24 mois dès la première mise à l'emploi (usage de Rennes)."""

    structure = models.OneToOneField(
        settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="reglages_eligibilite"
    )
    duree_mois = models.PositiveSmallIntegerField(
        "durée d'éligibilité (mois)", default=24, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )

    class Meta:
        verbose_name = "réglages d'éligibilité"

    def __str__(self) -> str:
        return f"éligibilité {self.duree_mois} mois"
