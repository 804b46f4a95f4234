from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from entreprises.models import Entreprise
from marches.enums import RoleEngagement
from marches.models.lot import Lot
from marches.querysets import AvenantQuerySet, EngagementQuerySet
from socle.modeles import ModeleArchivable, ModeleSuivi


class Engagement(ModeleArchivable):
    """Une entreprise doit des heures d'insertion sur un lot.

    `heures_initiales` est le contrat d'origine ; `heures_avenants`, la somme de ses avenants ; `heures_realisees`, le
    compteur des heures validées, tenu par `suivi` dans la transaction même qui valide.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="engagements")
    entreprise = models.ForeignKey(Entreprise, on_delete=models.PROTECT, related_name="engagements")
    role = models.CharField("rôle", max_length=12, choices=RoleEngagement, default=RoleEngagement.ATTRIBUTAIRE)
    heures_initiales = models.DecimalField(
        "heures dues", max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    heures_avenants = models.DecimalField(
        "heures des avenants", max_digits=10, decimal_places=2, default=0, editable=False
    )
    heures_realisees = models.DecimalField(
        "heures réalisées", max_digits=12, decimal_places=2, default=0, editable=False
    )

    objects = EngagementQuerySet.as_manager()
    historique = HistoricalRecords(excluded_fields=["heures_realisees"])

    class Meta:
        verbose_name = "engagement"
        ordering = ["lot", "role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "entreprise"],
                name="engagement_unique",
                violation_error_message="Cette entreprise est déjà engagée sur ce lot.",
                violation_error_code="champ:entreprise",
            ),
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(role="attributaire"),
                name="engagement_un_attributaire",
                violation_error_message="Ce lot a déjà un attributaire ; les autres entreprises sont cotraitantes.",
                violation_error_code="champ:role",
            ),
            models.CheckConstraint(
                condition=Q(heures_initiales__gte=0),
                name="engagement_heures_positives",
                violation_error_message="Les heures dues ne peuvent pas être négatives.",
                violation_error_code="champ:heures_initiales",
            ),
            models.CheckConstraint(
                condition=Q(heures_initiales__gte=-models.F("heures_avenants")),
                name="engagement_total_positif",
                violation_error_message="Avec cet avenant, les heures dues deviendraient négatives.",
                violation_error_code="champ:heures_initiales",
            ),
        ]

    def __str__(self) -> str:
        return f"engagement {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("marches:engagement", args=[self.uuid])

    @property
    def heures_dues(self) -> Decimal:
        """Heures dues, avenants compris."""
        return self.heures_initiales + self.heures_avenants


class Avenant(ModeleSuivi):
    """Une modification des heures dues, datée et motivée ; la valeur saisie fait foi, jamais un calcul."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="avenants")
    heures_delta = models.DecimalField("heures ajoutées ou retirées", max_digits=10, decimal_places=2)
    montant_delta_ht = models.DecimalField(
        "montant ajouté ou retiré HT", max_digits=14, decimal_places=2, null=True, blank=True
    )
    date_notification = models.DateField("date de notification")
    motif = models.CharField("motif", max_length=300)

    objects = AvenantQuerySet.as_manager()

    class Meta:
        verbose_name = "avenant"
        ordering = ["date_notification", "pk"]

    def __str__(self) -> str:
        return f"avenant {self.uuid}"

    def get_absolute_url(self) -> str:
        return self.engagement.get_absolute_url()
