from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from marches.enums import Programme
from marches.models.maitre_ouvrage import MaitreOuvrage
from marches.querysets import OperationQuerySet
from socle.contraintes import UniqueArchiveComprise
from socle.modeles import ModeleArchivable
from socle.nombres import arrondir
from socle.plis import ChampPlie
from socle.texte import plier, sans_numero_national
from territoires.models import QuartierPrioritaire

# Charte nationale d'insertion de l'ANRU : 5 % des heures travaillées, 10 % en gestion urbaine de proximité.
TAUX_DES_CHARTES: dict[str, Decimal] = {Programme.NPNRU: Decimal(5), Programme.GUP: Decimal(10)}


class Operation(ModeleArchivable):
    """Un projet qui regroupe des marchés : un équipement, un quartier rénové, un programme."""

    FEMININ = True

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    nom = models.CharField("nom", max_length=200)
    nom_plie = ChampPlie(max_length=200, db_index=True)
    maitre_ouvrage = models.ForeignKey(
        MaitreOuvrage,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="operations",
        verbose_name="maître d'ouvrage",
    )
    programme = models.CharField("programme", max_length=8, choices=Programme, default=Programme.AUCUN)
    taux_cible = models.DecimalField(
        "part des heures réservée à l'insertion (%)",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    heures_travaillees = models.DecimalField(
        "heures travaillées prévues",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    quartiers = models.ManyToManyField(
        QuartierPrioritaire,
        related_name="+",
        blank=True,
        verbose_name="quartiers de la charte",
        help_text="Les heures de leurs habitants comptent dans l'objectif. Un quartier vaut dans sa géographie : cochez aussi "
        "celui de 2015 si des contrats ont commencé avant 2024. Aucun coché : tous les quartiers prioritaires.",
    )
    description = models.TextField("description", blank=True, validators=[sans_numero_national])

    objects = OperationQuerySet.as_manager()

    class Meta:
        verbose_name = "opération"
        ordering = ["nom_plie", "pk"]
        constraints = [
            UniqueArchiveComprise(
                fields=["structure", "nom"],
                name="operation_nom_unique",
                violation_error_message="Une opération porte déjà ce nom.",
                violation_error_code="champ:nom",
                si_archive="L'opération « %(nom)s » existe, archivée : sortez-la de l'archive, ou prenez un autre nom.",
            )
        ]

    def __str__(self) -> str:
        return self.nom

    def save(self, *args, **kwargs):
        self.nom_plie = plier(self.nom)
        super().save(*args, **kwargs)

    @property
    def taux_vise(self) -> Decimal | None:
        """La part réservée, en pour cent : celle que l'on a réglée, à défaut celle de la charte du programme."""
        return self.taux_cible if self.taux_cible is not None else TAUX_DES_CHARTES.get(self.programme)

    @property
    def est_reservee_aux_habitants(self) -> bool:
        """Vrai quand la charte du programme ne compte que les heures des habitants des quartiers."""
        return self.programme in TAUX_DES_CHARTES

    @property
    def heures_visees(self) -> Decimal | None:
        """L'objectif de l'opération : ses heures travaillées prévues × la part réservée ; à l'heure."""
        if self.heures_travaillees is None or self.taux_vise is None:
            return None
        return arrondir(self.heures_travaillees * self.taux_vise / 100)

    def get_absolute_url(self) -> str:
        return reverse("marches:operation", args=[self.uuid])
