"""Les heures : une déclaration par engagement et par mois, une ligne par contrat."""

import datetime
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from declarations.enums import DecisionLigne, OrigineDeclaration, StatutDeclaration
from declarations.querysets import DeclarationQuerySet, LigneHeuresQuerySet
from marches.models import Engagement
from recrutement.models import Contrat
from socle.modeles import ChampJour, ModeleIdentifie
from socle.texte import sans_numero_national

CENTIEME_PRES = Decimal("0.004")  # SQLite compare en flottant : en deçà du centième, deux sommes sont égales
HEURES_MAX_PAR_MOIS = 250  # au-delà, c'est une faute de frappe : plus de 8 h par jour, 31 jours sur 31


class Declaration(ModeleIdentifie):
    """Le mois d'un engagement. Validée, elle compte ; la rouvrir est un geste motivé et tracé."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="declarations")
    mois = ChampJour("mois")
    statut = models.CharField("statut", max_length=12, choices=StatutDeclaration, default=StatutDeclaration.A_VALIDER)
    origine = models.CharField("origine", max_length=10, choices=OrigineDeclaration, default=OrigineDeclaration.SAISIE)
    echeance = ChampJour("à déclarer avant le", null=True, blank=True)
    declaree_le = models.DateTimeField("déclarée le", null=True, blank=True)
    declaree_par = models.EmailField("déclarée par", blank=True)
    motif_retour = models.CharField(
        "ce qui est à corriger", max_length=300, blank=True, validators=[sans_numero_national]
    )
    validee_le = models.DateTimeField("validée le", null=True, blank=True)
    validee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = "déclaration mensuelle"
        ordering = ["-mois", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "mois"],
                name="declaration_unique",
                violation_error_message="Ce mois est déjà déclaré pour cet engagement.",
            ),
            models.CheckConstraint(condition=Q(mois__day=1), name="declaration_mois_premier_jour"),
        ]
        indexes = [models.Index(fields=["statut", "echeance"], name="declaration_due")]

    def __str__(self) -> str:
        return f"déclaration {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("suivi:mois", args=[self.engagement.uuid, self.mois.strftime("%Y-%m")])

    def est_en_retard(self, le: datetime.date) -> bool:
        """Attendue, et l'échéance est passée."""
        return self.statut in StatutDeclaration.chez_l_entreprise() and self.echeance is not None and self.echeance < le

    @property
    def est_validee(self) -> bool:
        return self.statut == StatutDeclaration.VALIDEE


TOUT_LE_DECLARE = F("heures_declarees") + F("heures_formation_comptees")


class LigneHeures(ModeleIdentifie):
    """Les heures d'un contrat dans un mois. `mois` répète celui de la déclaration : c'est lui que lisent les bilans.

    `heures_declarees` est le travail tel qu'il a été déclaré. `heures` est ce qui compte : le travail retenu par la décision,
    et la part des heures de formation que le marché retient.
    """

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="lignes")
    contrat = models.ForeignKey(Contrat, on_delete=models.PROTECT, related_name="lignes_heures")
    mois = ChampJour("mois")
    heures_declarees = models.DecimalField(
        "heures travaillées déclarées",
        max_digits=6,
        decimal_places=2,
        validators=[
            MinValueValidator(0, message="Les heures ne peuvent pas être négatives."),
            MaxValueValidator(HEURES_MAX_PAR_MOIS, message="Pas plus de 250 heures dans un mois."),
        ],
    )
    heures = models.DecimalField(
        "heures",
        max_digits=6,
        decimal_places=2,
        validators=[
            MinValueValidator(0, message="Les heures ne peuvent pas être négatives."),
            MaxValueValidator(HEURES_MAX_PAR_MOIS, message="Pas plus de 250 heures dans un mois."),
        ],
    )
    heures_absence = models.DecimalField(
        "heures d'absence",
        max_digits=6,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(HEURES_MAX_PAR_MOIS)],
    )
    heures_formation = models.DecimalField("heures de formation suivies", max_digits=6, decimal_places=2, default=0)
    heures_formation_comptees = models.DecimalField(
        "dont comptées", max_digits=6, decimal_places=2, default=0, editable=False
    )
    decision = models.CharField("décision", max_length=10, choices=DecisionLigne, default=DecisionLigne.EN_ATTENTE)
    motif_decision = models.CharField(
        "motif de la décision", max_length=300, blank=True, validators=[sans_numero_national]
    )

    objects = LigneHeuresQuerySet.as_manager()
    historique = HistoricalRecords()

    class Meta:
        verbose_name = "ligne d'heures"
        ordering = ["mois", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contrat", "mois"],
                name="ligne_heures_unique",
                violation_error_message="Ce contrat a déjà des heures ce mois-là.",
            ),
            models.CheckConstraint(
                condition=Q(heures__gte=0) & Q(heures__lte=HEURES_MAX_PAR_MOIS),
                name="ligne_heures_bornes",
                violation_error_message="Les heures d'un mois vont de 0 à 250.",
                violation_error_code="champ:heures",
            ),
            models.CheckConstraint(
                condition=Q(heures_formation__gte=F("heures_formation_comptees"))
                & Q(heures_formation_comptees__gte=0)
                & Q(heures_formation__lte=HEURES_MAX_PAR_MOIS)
                & Q(heures__gte=F("heures_formation_comptees")),
                name="ligne_heures_formation",
                violation_error_message="Les heures de formation vont de 0 à 250.",
                violation_error_code="champ:heures_formation",
            ),
            models.CheckConstraint(
                condition=Q(heures_declarees__gte=0) & Q(heures_declarees__lte=HEURES_MAX_PAR_MOIS),
                name="ligne_heures_declarees_bornes",
                violation_error_message="Les heures d'un mois vont de 0 à 250.",
                violation_error_code="champ:heures_declarees",
            ),
            models.CheckConstraint(
                condition=Q(heures__lte=TOUT_LE_DECLARE + CENTIEME_PRES),
                name="ligne_retenue_au_plus_declaree",
                violation_error_message="On ne retient pas plus d'heures qu'il n'en est déclaré.",
                violation_error_code="champ:heures",
            ),
            models.CheckConstraint(
                condition=(
                    Q(decision__in=[DecisionLigne.EN_ATTENTE, DecisionLigne.ACCEPTEE])
                    & Q(heures__gte=TOUT_LE_DECLARE - CENTIEME_PRES)
                )
                | (
                    Q(decision=DecisionLigne.PARTIELLE)
                    & Q(heures__lt=TOUT_LE_DECLARE - CENTIEME_PRES)
                    & ~Q(motif_decision="")
                )
                | (Q(decision=DecisionLigne.REFUSEE) & Q(heures=0) & ~Q(motif_decision="")),
                name="ligne_decision_coherente",
                violation_error_message="Une ligne réduite ou refusée a son motif ; une ligne acceptée compte tout le déclaré.",
                violation_error_code="champ:decision",
            ),
        ]
        indexes = [models.Index(fields=["mois", "contrat"], name="ligne_heures_par_mois")]

    def __str__(self) -> str:
        return f"ligne d'heures {self.uuid}"

    @property
    def heures_travaillees(self) -> Decimal:
        """Le travail tel que déclaré."""
        return self.heures_declarees

    @property
    def travail_retenu(self) -> Decimal:
        return self.heures - self.heures_formation_comptees

    @property
    def statut_decision(self) -> DecisionLigne:
        return DecisionLigne(self.decision)

    @property
    def est_decidee(self) -> bool:
        return self.decision != DecisionLigne.EN_ATTENTE

    @property
    def est_ecartee(self) -> bool:
        """Réduite ou refusée."""
        return self.decision in DecisionLigne.ecartees()
