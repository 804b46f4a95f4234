import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from beneficiaires.enums import CodeCritere
from beneficiaires.querysets import PropreAStructureQuerySet
from comptes.querysets import ParametreQuerySet
from socle.bornes import TERME
from socle.modeles import ChampJour, ModeleIdentifie

DUREE_PAR_DEFAUT_MOIS = 24  # usage de Rennes, et durée d'un Pass IAE
# Usage à confirmer par chaque structure : aucun texte ne fixe le temps au bout duquel une personne redevient éligible.
INTERRUPTION_PAR_DEFAUT_MOIS = 12


class ReglagesEligibilite(ModeleIdentifie):
    """Les règles d'éligibilité d'une structure ; sans réglage, les usuelles.

    La durée court de la mise à l'emploi. Après une interruption assez longue sans contrat de clause, une nouvelle embauche
    ouvre une nouvelle période : les critères de ce jour-là diront si la personne est éligible.
    """

    structure = models.OneToOneField(
        settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="reglages_eligibilite"
    )
    duree_mois = models.PositiveSmallIntegerField(
        "durée d'éligibilité (mois)",
        default=DUREE_PAR_DEFAUT_MOIS,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
    )
    interruption_mois = models.PositiveSmallIntegerField(
        "nouvelle période après une interruption (mois)",
        null=True,
        blank=True,
        default=INTERRUPTION_PAR_DEFAUT_MOIS,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text="Vide : l'éligibilité ne s'ouvre qu'une fois.",
    )

    objects = ParametreQuerySet.as_manager()

    class Meta:
        verbose_name = "réglages d'éligibilité"

    def __str__(self) -> str:
        return f"éligibilité {self.duree_mois} mois"


class ReglageCritere(ModeleIdentifie):
    """Ce qu'une structure règle d'un critère : son libellé, sa pièce, la validité de la pièce, sa période d'usage."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="+")
    code = models.CharField("critère", max_length=12, choices=CodeCritere)
    libelle = models.CharField("libellé", max_length=120)
    justificatif = models.CharField("pièce à voir", max_length=200)
    validite_mois = models.PositiveSmallIntegerField(
        "validité de la pièce (mois)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="Vide : la pièce porte elle-même sa date de fin.",
    )
    depuis = ChampJour("retenu depuis", null=True, blank=True)
    jusqu_a = ChampJour(
        "retenu jusqu'au", bornes=TERME, null=True, blank=True, help_text="Passée, le critère ne se propose plus."
    )

    objects = PropreAStructureQuerySet.as_manager()

    class Meta:
        verbose_name = "réglage d'un critère"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["structure", "code"], name="reglage_critere_unique"),
            models.CheckConstraint(
                condition=models.Q(depuis__isnull=True)
                | models.Q(jusqu_a__isnull=True)
                | models.Q(jusqu_a__gte=models.F("depuis")),
                name="reglage_critere_dates",
                violation_error_message="La fin précède le début.",
                violation_error_code="champ:jusqu_a",
            ),
        ]

    def __str__(self) -> str:
        return f"réglage {self.code}"

    def est_retenu_le(self, jour: datetime.date) -> bool:
        """Vrai si la structure propose ce critère ce jour-là."""
        return (self.depuis is None or self.depuis <= jour) and (self.jusqu_a is None or jour <= self.jusqu_a)
