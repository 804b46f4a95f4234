"""La rectification d'un mois validé : pourquoi, par qui, et ce que chaque contrat comptait avant puis après."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from declarations.models.heures import Declaration
from declarations.querysets import LigneRectifieeQuerySet, RectificationQuerySet
from recrutement.models import Contrat
from socle.modeles import ModeleIdentifie
from socle.texte import sans_numero_national


class Rectification(ModeleIdentifie):
    """Ouverte quand le mois est rouvert, close quand il est validé de nouveau. Une fois close, elle ne change plus."""

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="rectifications")
    motif = models.CharField("motif", max_length=300, validators=[sans_numero_national])
    ouverte_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    close_le = models.DateTimeField("close le", null=True, blank=True)
    close_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    total_avant = models.DecimalField("total avant", max_digits=10, decimal_places=2)
    total_apres = models.DecimalField("total après", max_digits=10, decimal_places=2, null=True, blank=True)

    objects = RectificationQuerySet.as_manager()

    class Meta:
        verbose_name = "rectification"
        ordering = ["-cree_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["declaration"],
                condition=Q(close_le__isnull=True),
                name="rectification_ouverte_unique",
                violation_error_message="Ce mois est déjà en cours de rectification.",
            ),
            models.CheckConstraint(
                condition=Q(close_le__isnull=True, total_apres__isnull=True)
                | Q(close_le__isnull=False, total_apres__isnull=False),
                name="rectification_close_avec_son_total",
            ),
        ]

    def __str__(self) -> str:
        return f"rectification {self.uuid}"


class LigneRectifiee(ModeleIdentifie):
    """Ce qu'un contrat comptait avant, et après. Vide : il n'avait pas de ligne."""

    rectification = models.ForeignKey(Rectification, on_delete=models.CASCADE, related_name="lignes")
    contrat = models.ForeignKey(Contrat, on_delete=models.PROTECT, related_name="+")
    heures_avant = models.DecimalField("avant", max_digits=6, decimal_places=2, null=True, blank=True)
    heures_apres = models.DecimalField("après", max_digits=6, decimal_places=2, null=True, blank=True)

    objects = LigneRectifieeQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne rectifiée"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["rectification", "contrat"], name="ligne_rectifiee_unique"),
        ]

    def __str__(self) -> str:
        return f"ligne rectifiée {self.uuid}"

    @property
    def change(self) -> bool:
        return self.heures_avant != self.heures_apres
