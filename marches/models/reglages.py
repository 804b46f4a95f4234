from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from comptes.querysets import PropreAStructureQuerySet
from marches.enums import Arrondi
from socle.modeles import ModeleIdentifie
from socle.validateurs import valider_nom, valider_telephone


class ReglagesClause(ModeleIdentifie):
    """Ce qu'une structure règle pour toutes ses clauses : ses coordonnées dans les textes, ses arrondis, ses repères."""

    structure = models.OneToOneField(
        settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="reglages_clause"
    )
    contact = models.CharField(
        "nom du facilitateur ou du service", max_length=150, blank=True, validators=[valider_nom]
    )
    adresse = models.CharField("adresse", max_length=250, blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True, validators=[valider_telephone])
    courriel = models.EmailField("courriel", blank=True)
    arrondi = models.CharField("arrondi des heures", max_length=12, choices=Arrondi, default=Arrondi.PLUS_PROCHE)
    heures_par_etp = models.DecimalField(
        "heures d'un emploi à temps plein",
        max_digits=7,
        decimal_places=2,
        default=Decimal(1600),
        validators=[MinValueValidator(1)],
    )
    duree_minimale_mois = models.PositiveSmallIntegerField("durée minimale d'un marché faisable (mois)", default=2)
    heures_minimales = models.PositiveIntegerField("heures minimales d'une mission utile", default=35)
    penalite_par_heure = models.DecimalField(
        "pénalité par heure manquante (€)",
        max_digits=8,
        decimal_places=2,
        default=Decimal(200),
        validators=[MinValueValidator(0)],
    )
    penalite_par_jour = models.DecimalField(
        "pénalité par jour de retard (€)",
        max_digits=8,
        decimal_places=2,
        default=Decimal(75),
        validators=[MinValueValidator(0)],
    )

    publics_vises = models.JSONField("publics visés par défaut", default=list, blank=True)

    objects = PropreAStructureQuerySet.as_manager()

    class Meta:
        verbose_name = "réglages des clauses"

    def __str__(self) -> str:
        return f"réglages des clauses {self.uuid}"
