from django.db import models


class AvisLu(models.Model):
    """Un avis de non-remise déjà consigné : relire le dossier ne remet pas en erreur un contact corrigé depuis."""

    empreinte = models.CharField("empreinte de l'avis", max_length=64, unique=True, editable=False)
    lu_le = models.DateTimeField("lu le", auto_now_add=True)

    class Meta:
        verbose_name = "avis de non-remise lu"
        verbose_name_plural = "avis de non-remise lus"
        ordering = ["-lu_le", "-pk"]

    def __str__(self) -> str:
        return f"avis {self.empreinte[:8]}"
