from django.db import models
from django.utils import timezone

from socle.modeles import ModeleIdentifie


class CodeCourrielQuerySet(models.QuerySet):
    def en_cours(self):
        return self.filter(utilise_le__isnull=True, expire_le__gt=timezone.now())


class CodeCourriel(ModeleIdentifie):
    """Un code à six chiffres envoyé à l'adresse d'un lien signé. Gardé haché, il sert une fois et meurt vite."""

    lien = models.ForeignKey("socle.Lien", on_delete=models.CASCADE, related_name="codes")
    empreinte = models.CharField("empreinte du code", max_length=64, editable=False)
    expire_le = models.DateTimeField("expire le")
    essais = models.PositiveSmallIntegerField("essais", default=0)
    utilise_le = models.DateTimeField("utilisé le", null=True, blank=True)

    objects = CodeCourrielQuerySet.as_manager()

    class Meta:
        verbose_name = "code reçu par courriel"
        ordering = ["-cree_le", "-pk"]

    def __str__(self) -> str:
        return f"code {self.uuid}"
