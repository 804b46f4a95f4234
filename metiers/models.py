from django.core.validators import RegexValidator
from django.db import models

from metiers.querysets import MetierQuerySet
from socle.plis import ChampPlie
from socle.texte import plier


class Metier(models.Model):
    """Un métier du répertoire ROME : son code (« F1703 »), son libellé. Le même pour toutes les structures."""

    code = models.CharField(
        "code ROME",
        max_length=5,
        unique=True,
        validators=[RegexValidator(r"^[A-N]\d{4}$", "Un code ROME : une lettre de A à N puis quatre chiffres.")],
    )
    libelle = models.CharField("libellé", max_length=150)
    libelle_plie = ChampPlie(max_length=150)

    objects = MetierQuerySet.as_manager()

    class Meta:
        verbose_name = "métier"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} · {self.libelle}"

    def save(self, *args, **kwargs):
        self.libelle_plie = plier(self.libelle)
        super().save(*args, **kwargs)
