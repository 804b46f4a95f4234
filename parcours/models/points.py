"""Ce que devient une personne après son contrat : un point à 3, 6 et 12 mois."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from comptes.querysets import ReglagesQuerySet
from parcours.enums import QuiDemande, Situation, StatutPoint, Terme
from parcours.querysets import PointSuiviQuerySet
from recrutement.models import Contrat
from socle.modeles import ChampJour, ModeleIdentifie
from socle.texte import sans_numero_national


class ReglagesParcours(ModeleIdentifie):
    """Comment une structure suit les parcours : qui demande, combien de fois, à quel rythme."""

    structure = models.OneToOneField(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="+")
    qui_demande = models.CharField(
        "qui prend des nouvelles", max_length=12, choices=QuiDemande, default=QuiDemande.PRESCRIPTEUR
    )
    essais = models.PositiveSmallIntegerField(
        "demandes avant « injoignable »", default=3, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    jours_entre_essais = models.PositiveSmallIntegerField(
        "jours entre deux demandes", default=15, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )

    questionnaires = models.BooleanField(
        "demander un avis à la fin des contrats",
        default=True,
        help_text="Un court questionnaire par courriel à la personne et à son employeur, et un seul rappel.",
    )
    conservation_mois = models.PositiveSmallIntegerField(
        "mois gardés après le dernier contact",
        default=24,
        validators=[MinValueValidator(6), MaxValueValidator(120)],
        help_text="Passé ce terme, le dossier est anonymisé ; la structure est prévenue trente jours avant.",
    )

    objects = ReglagesQuerySet.as_manager()

    class Meta:
        verbose_name = "réglages du suivi des parcours"

    def __str__(self) -> str:
        return f"réglages des parcours {self.uuid}"


class PointSuivi(ModeleIdentifie):
    """La situation d'une personne à un terme après la fin d'un contrat. Due, demandée, connue, ou injoignable."""

    contrat = models.ForeignKey(Contrat, on_delete=models.PROTECT, related_name="points_suivi")
    terme = models.PositiveSmallIntegerField("terme", choices=Terme)
    du_le = ChampJour("dû le")
    statut = models.CharField("état", max_length=12, choices=StatutPoint, default=StatutPoint.A_VENIR)
    essais = models.PositiveSmallIntegerField("demandes faites", default=0)
    demande_le = ChampJour("demandée le", null=True, blank=True)
    situation = models.CharField("situation", max_length=20, choices=Situation, blank=True)
    en_formation = models.BooleanField("une formation a été suivie depuis", default=False)
    precision = models.CharField("précision", max_length=300, blank=True, validators=[sans_numero_national])
    repondu_le = models.DateTimeField("répondu le", null=True, blank=True)
    repondu_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = PointSuiviQuerySet.as_manager()

    class Meta:
        verbose_name = "point de suivi"
        ordering = ["du_le", "pk"]
        indexes = [models.Index(fields=["statut", "du_le"], name="point_suivi_du")]
        constraints = [
            models.UniqueConstraint(fields=["contrat", "terme"], name="point_suivi_unique"),
            models.CheckConstraint(
                condition=~Q(statut="repondu") | ~Q(situation=""),
                name="point_suivi_repondu_avec_situation",
                violation_error_message="Dites la situation.",
                violation_error_code="champ:situation",
            ),
        ]

    def __str__(self) -> str:
        return f"point de suivi {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("suivi:point", args=[self.uuid])
