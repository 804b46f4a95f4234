from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from entreprises.models import ContactEntreprise, Entreprise
from marches.enums import GenreCommande, RoleEngagement
from marches.models.lot import Lot
from marches.querysets import AvenantQuerySet, EngagementQuerySet
from socle.contraintes import UniqueArchiveComprise
from socle.modeles import ChampJour, ModeleArchivable, ModeleIdentifie


class Engagement(ModeleArchivable):
    """Une entreprise doit des heures d'insertion sur un lot.

    `heures_initiales` est le contrat d'origine ; s'y ajoutent les avenants, les tranches affermies et, pour un
    accord-cadre, le cumul commandé ou facturé : chaque somme est tenue par le service qui la change.
    `heures_realisees` est le compteur des heures validées, tenu par `declarations` dans la transaction même qui valide.
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
    heures_tranches = models.DecimalField(
        "heures des tranches affermies", max_digits=10, decimal_places=2, default=0, editable=False
    )
    heures_commandes = models.DecimalField(
        "heures du cumul commandé ou facturé", max_digits=10, decimal_places=2, default=0, editable=False
    )
    part = models.DecimalField(
        "part du groupement (%)",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    correspondant = models.ForeignKey(
        ContactEntreprise,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="correspondant insertion",
    )
    tuteur = models.ForeignKey(
        ContactEntreprise, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="tuteur"
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
            UniqueArchiveComprise(
                fields=["lot", "entreprise"],
                name="engagement_unique",
                violation_error_message="Cette entreprise est déjà engagée sur ce lot.",
                violation_error_code="champ:entreprise",
                si_archive="Son engagement sur ce lot existe, archivé : sortez-le de l'archive sur la page du marché.",
            ),
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(role="attributaire", archive_le__isnull=True),
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
                condition=Q(heures_initiales__gte=-F("heures_avenants") - F("heures_tranches") - F("heures_commandes")),
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
        """Heures dues : contrat, avenants, tranches affermies, commandes (en base : `somme_des_heures_dues`)."""
        return self.heures_initiales + self.heures_avenants + self.heures_tranches + self.heures_commandes


class Avenant(ModeleIdentifie):
    """Une modification des heures dues, datée et motivée ; la valeur saisie fait foi, jamais un calcul."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="avenants")
    heures_delta = models.DecimalField("heures ajoutées ou retirées", max_digits=10, decimal_places=2)
    heures_proposees = models.DecimalField(
        "heures que la proportion proposait", max_digits=10, decimal_places=2, null=True, blank=True, editable=False
    )
    montant_delta_ht = models.DecimalField(
        "montant ajouté ou retiré HT", max_digits=14, decimal_places=2, null=True, blank=True
    )
    date_notification = ChampJour("date de notification")
    motif = models.CharField("motif", max_length=300)

    objects = AvenantQuerySet.as_manager()

    class Meta:
        verbose_name = "avenant"
        ordering = ["date_notification", "pk"]

    def __str__(self) -> str:
        return f"avenant {self.uuid}"

    def get_absolute_url(self) -> str:
        return self.engagement.get_absolute_url()


class Commande(ModeleIdentifie):
    """Un bon de commande ou une facture d'un accord-cadre. Les heures se calculent sur le cumul, jamais pièce par pièce."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="commandes")
    genre = models.CharField("genre", max_length=8, choices=GenreCommande)
    numero = models.CharField("numéro", max_length=40)
    date = ChampJour("date")
    montant_ht = models.DecimalField("montant HT", max_digits=14, decimal_places=2)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True, editable=False)

    objects = AvenantQuerySet.as_manager()

    class Meta:
        verbose_name = "commande"
        ordering = ["date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "genre", "numero"],
                condition=Q(annulee_le__isnull=True),
                name="commande_numero_unique",
                violation_error_message="Ce numéro est déjà enregistré pour cette entreprise.",
                violation_error_code="champ:numero",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_genre_display().lower()} {self.numero}"

    def get_absolute_url(self) -> str:
        return self.engagement.get_absolute_url()
