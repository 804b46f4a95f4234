"""Mise en demeure et carence : une entreprise prévenue, un manque constaté."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cloture.enums import RemiseLettre
from cloture.models.penalite import SANS_NOM
from cloture.querysets import CarenceQuerySet, DeLEngagementQuerySet
from marches.models import Engagement
from recrutement.models import Offre
from socle.bornes import FAIT
from socle.modeles import ChampJour, ModeleIdentifie
from socle.models import Document
from socle.texte import sans_numero_national


class MiseEnDemeure(ModeleIdentifie):
    """L'entreprise est mise en demeure de faire ce qu'elle doit. Si le marché la demande, le retard court de sa réception."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="mises_en_demeure")
    le = ChampJour("datée du")
    objet = models.CharField(
        "ce qui est demandé", max_length=300, validators=[sans_numero_national], help_text=SANS_NOM
    )
    remise = models.CharField("comment elle est parvenue", max_length=12, choices=RemiseLettre, blank=True)
    remise_le = ChampJour("reçue le", null=True, blank=True)
    parties = models.JSONField("qui écrit à qui", default=dict)
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    document = models.OneToOneField(Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = DeLEngagementQuerySet.as_manager()

    class Meta:
        verbose_name = "mise en demeure"
        ordering = ["le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "le"],
                name="mise_en_demeure_unique_par_jour",
                violation_error_message="Une mise en demeure de ce jour est déjà enregistrée.",
                violation_error_code="champ:le",
            ),
            models.CheckConstraint(
                condition=Q(remise_le__isnull=True, remise="") | Q(remise_le__gte=F("le")) & ~Q(remise=""),
                name="mise_en_demeure_remise",
                violation_error_message="Une mise en demeure reçue dit comment, et ne l'est pas avant sa date.",
                violation_error_code="champ:remise_le",
            ),
        ]

    def __str__(self) -> str:
        return f"mise en demeure {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("suivi:fin", args=[self.engagement.uuid])


class Carence(ModeleIdentifie):
    """Aucun candidat n'a pu être présenté. Les heures à neutraliser, c'est une personne qui les dit, et pourquoi."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="carences")
    offre = models.ForeignKey(
        Offre, on_delete=models.PROTECT, null=True, blank=True, related_name="carences", verbose_name="offre concernée"
    )
    constatee_le = ChampJour("constatée le", bornes=FAIT)
    postes = models.PositiveSmallIntegerField(
        "postes sans candidat", default=1, validators=[MinValueValidator(1), MaxValueValidator(500)]
    )
    motif = models.CharField(
        "pourquoi aucun candidat", max_length=300, validators=[sans_numero_national], help_text=SANS_NOM
    )
    heures_neutralisees = models.DecimalField(
        "heures à ne pas compter", max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    motif_heures = models.CharField(
        "d'où viennent ces heures", max_length=300, blank=True, validators=[sans_numero_national]
    )
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True, editable=False)

    objects = CarenceQuerySet.as_manager()

    class Meta:
        verbose_name = "carence de candidats"
        ordering = ["constatee_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(heures_neutralisees__gte=0),
                name="carence_heures_positives",
                violation_error_message="Les heures ne peuvent pas être négatives.",
                violation_error_code="champ:heures_neutralisees",
            ),
            models.CheckConstraint(
                condition=Q(heures_neutralisees=0) | ~Q(motif_heures=""),
                name="carence_heures_motivees",
                violation_error_message="Dites d'où viennent ces heures : postes, durée, heures par poste.",
                violation_error_code="champ:motif_heures",
            ),
        ]

    def __str__(self) -> str:
        return f"carence {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("suivi:fin", args=[self.engagement.uuid])
