"""Ce que reporting possède : les bilans publiés et les réglages de leurs calculs."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse

from reporting.enums import Presentation, StatutBilan
from reporting.querysets import BilanQuerySet
from socle.modeles import ModeleSuivi
from socle.models import Document
from socle.regles import RegleViolee

PREMIERE_ANNEE = 1990


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
    """Le bilan d'une année. Publié, il est figé avec ses données et leur empreinte ; une correction est une version.

    Brouillon, `donnees` porte les chiffres exacts, pour la structure ; publié, les petits effectifs y sont masqués.
    """

    # Ce qui a été remis ne se réécrit pas. `document` est figé aussi : son fichier se refait à l'identique.
    FIGES = (
        "uuid",
        "structure_id",
        "annee",
        "version",
        "presentation",
        "donnees",
        "empreinte",
        "document_id",
        "publie_le",
    )

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    annee = models.PositiveSmallIntegerField("année")
    version = models.PositiveSmallIntegerField("version", default=1)
    statut = models.CharField("statut", max_length=12, choices=StatutBilan, default=StatutBilan.BROUILLON)
    presentation = models.CharField("présentation", max_length=12, choices=Presentation, default=Presentation.EXACTE)
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
            ),
            models.UniqueConstraint(
                fields=["structure", "annee"],
                condition=models.Q(statut=StatutBilan.BROUILLON),
                name="bilan_brouillon_unique",
                violation_error_message="Un brouillon de cette année est déjà ouvert.",
            ),
            models.UniqueConstraint(
                fields=["structure", "annee"],
                condition=models.Q(statut=StatutBilan.PUBLIE),
                name="bilan_publie_unique",
                violation_error_message="Un bilan de cette année est déjà publié.",
            ),
            models.CheckConstraint(
                condition=models.Q(statut=StatutBilan.BROUILLON, publie_le__isnull=True)
                | (~models.Q(statut=StatutBilan.BROUILLON) & models.Q(publie_le__isnull=False, empreinte__gt="")),
                name="bilan_publie_date_et_signe",
                violation_error_message="Un bilan publié porte sa date et l'empreinte de ses données.",
            ),
        ]

    def __str__(self) -> str:
        return f"bilan {self.annee} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("reporting:bilan", args=[self.uuid])

    @property
    def est_brouillon(self) -> bool:
        return self.statut == StatutBilan.BROUILLON

    @property
    def est_fige(self) -> bool:
        return not self.est_brouillon

    @property
    def est_pret(self) -> bool:
        """Ses chiffres sont lus et son document se télécharge."""
        return bool(self.empreinte) and self.document is not None and self.document.est_pret

    @property
    def document_en_route(self) -> bool:
        return self.document is not None and self.document.est_en_route

    def save(self, *args, **kwargs):
        self._refuser_de_changer_ce_qui_est_fige()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        if self.est_fige:
            raise RegleViolee("Un bilan publié ne se supprime pas.")
        return super().delete(*args, **kwargs)

    def _refuser_de_changer_ce_qui_est_fige(self) -> None:
        if self._state.adding:
            return
        garde = Bilan.objects.filter(pk=self.pk).exclude(statut=StatutBilan.BROUILLON).first()
        if garde is None:
            return
        changes = [champ for champ in self.FIGES if getattr(self, champ) != getattr(garde, champ)]
        if changes or self.est_brouillon:
            raise RegleViolee("Un bilan publié ne change plus : une correction est une nouvelle version.")
