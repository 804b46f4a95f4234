from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from marches.enums import Assiette
from marches.models.corps_metier import CorpsMetier
from marches.models.marche import Marche
from marches.querysets import DuLotQuerySet, LotQuerySet
from socle.contraintes import UniqueArchiveComprise
from socle.modeles import ChampJour, ModeleArchivable, ModeleIdentifie
from socle.texte import sans_numero_national


class Lot(ModeleArchivable):
    """Une part du marché. L'obligation d'heures se lit lot par lot et titulaire par titulaire."""

    marche = models.ForeignKey(Marche, on_delete=models.PROTECT, related_name="lots")
    numero = models.CharField("numéro", max_length=20)
    intitule = models.CharField("intitulé", max_length=200)
    montant_ht = models.DecimalField(
        "montant HT", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    corps_metier = models.ForeignKey(
        CorpsMetier,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="lots",
        verbose_name="corps de métier",
    )
    perimetre = models.TextField(
        "périmètre de la clause",
        blank=True,
        validators=[sans_numero_national],
        help_text="Les prestations que la clause couvre. Vide : tout le lot.",
    )
    assiette = models.CharField("heures dues d'après", max_length=10, choices=Assiette, default=Assiette.CONTRAT)
    seuil_ht = models.DecimalField(
        "seuil facturé avant la première heure",
        max_digits=14,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
    )
    euros_par_heure = models.DecimalField(
        "euros facturés par heure due",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    heures_calculees = models.DecimalField(
        "heures calculées", max_digits=12, decimal_places=2, null=True, blank=True, editable=False
    )
    heures_contractuelles = models.DecimalField(
        "heures contractuelles",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="Le nombre écrit au contrat : il fait foi, quel que soit le calcul.",
    )

    objects = LotQuerySet.as_manager()
    historique = HistoricalRecords()

    class Meta:
        verbose_name = "lot"
        ordering = ["marche", "numero", "pk"]
        constraints = [
            UniqueArchiveComprise(
                fields=["marche", "numero"],
                name="lot_numero_unique",
                violation_error_message="Un lot du marché porte déjà ce numéro.",
                violation_error_code="champ:numero",
                si_archive="Le lot %(numero)s existe, archivé : sortez-le de l'archive (page du marché), ou changez de numéro.",
            ),
            models.CheckConstraint(
                condition=Q(montant_ht__isnull=True) | Q(montant_ht__gte=0),
                name="lot_montant_positif",
                violation_error_message="Le montant ne peut pas être négatif.",
                violation_error_code="champ:montant_ht",
            ),
            models.CheckConstraint(
                condition=Q(assiette=Assiette.CONTRAT) | Q(euros_par_heure__gt=0),
                name="lot_euros_par_heure_sur_commandes",
                violation_error_message="Dites combien d'euros font une heure due.",
                violation_error_code="champ:euros_par_heure",
            ),
            models.CheckConstraint(
                condition=Q(heures_contractuelles__isnull=True) | Q(heures_contractuelles__gte=0),
                name="lot_heures_positives",
                violation_error_message="Les heures ne peuvent pas être négatives.",
                violation_error_code="champ:heures_contractuelles",
            ),
        ]

    def __str__(self) -> str:
        return f"Lot {self.numero} · {self.intitule}"

    def get_absolute_url(self) -> str:
        return reverse("marches:lot", args=[self.uuid])


class Tranche(ModeleIdentifie):
    """Une part d'un lot à tranches. L'obligation d'une tranche optionnelle ne naît qu'à son affermissement."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="tranches")
    numero = models.CharField("numéro", max_length=10)
    intitule = models.CharField("intitulé", max_length=200, blank=True)
    optionnelle = models.BooleanField("optionnelle", default=False)
    montant_ht = models.DecimalField("montant HT", max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    affermie_le = ChampJour("affermie le", null=True, blank=True, editable=False)
    heures = models.DecimalField(
        "heures que l'affermissement ajoute", max_digits=10, decimal_places=2, default=0, editable=False
    )

    objects = DuLotQuerySet.as_manager()

    class Meta:
        verbose_name = "tranche"
        ordering = ["lot", "optionnelle", "numero", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "numero"],
                name="tranche_numero_unique",
                violation_error_message="Une tranche du lot porte déjà ce numéro.",
                violation_error_code="champ:numero",
            ),
            models.CheckConstraint(
                condition=Q(montant_ht__gte=0),
                name="tranche_montant_positif",
                violation_error_message="Le montant ne peut pas être négatif.",
                violation_error_code="champ:montant_ht",
            ),
            models.CheckConstraint(
                condition=Q(optionnelle=True) | Q(affermie_le__isnull=True),
                name="tranche_ferme_sans_affermissement",
                violation_error_message="Une tranche ferme n'a pas à être affermie.",
            ),
        ]

    def __str__(self) -> str:
        return f"tranche {self.numero}"

    def get_absolute_url(self) -> str:
        return self.lot.get_absolute_url()

    @property
    def compte(self) -> bool:
        """Ferme, ou affermie : ses heures sont dues."""
        return not self.optionnelle or self.affermie_le is not None
