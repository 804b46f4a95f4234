"""Ce que reporting possède : les bilans publiés et les réglages de leurs calculs."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse

from reporting.enums import StatutBilan
from reporting.querysets import BilanQuerySet
from socle.modeles import ModeleSuivi
from socle.models import Document


class ReglagesBilan(ModeleSuivi):
    """Les paramètres de calcul d'une structure. 1 600 h par ETP : diviseur des consolidations nationales (2021)."""

    structure = models.OneToOneField(
        settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="reglages_bilan"
    )
    heures_par_etp = models.DecimalField(
        "heures par équivalent temps plein",
        max_digits=6,
        decimal_places=2,
        default=Decimal(1600),
        validators=[MinValueValidator(1)],
        help_text="1 600 pour les consolidations nationales ; 1 607 (durée légale) ou 1 820 (heures payées) ailleurs.",
    )

    class Meta:
        verbose_name = "réglages des bilans"

    def __str__(self) -> str:
        return f"{self.heures_par_etp} h par ETP"


class Bilan(ModeleSuivi):
    """Le bilan d'une année. Publié, il est figé avec ses données et leur empreinte ; une correction est une version."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    annee = models.PositiveSmallIntegerField("année")
    version = models.PositiveSmallIntegerField("version", default=1)
    statut = models.CharField("statut", max_length=12, choices=StatutBilan, default=StatutBilan.BROUILLON)
    donnees = models.JSONField("données figées", default=dict, blank=True)
    empreinte = models.CharField("empreinte SHA-256 des données", max_length=64, blank=True)
    document = models.OneToOneField(Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="bilan")
    etabli_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    publie_le = models.DateTimeField("publié le", null=True, blank=True)
    destinataires = models.ManyToManyField(
        settings.ORGANISATION_MODEL, blank=True, related_name="bilans_recus", verbose_name="destinataires"
    )

    objects = BilanQuerySet.as_manager()

    class Meta:
        verbose_name = "bilan"
        ordering = ["-annee", "-version", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "annee", "version"],
                name="bilan_version_unique",
                violation_error_message="Cette version du bilan existe déjà.",
            )
        ]

    def __str__(self) -> str:
        return f"bilan {self.annee} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("reporting:bilan", args=[self.uuid])
