"""La pénalité d'un engagement, de la proposition à la décision notifiée."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cloture.enums import DecisionPenalite, GenrePenalite, RemiseLettre, StatutPenalite
from cloture.querysets import PenaliteQuerySet
from marches.models import Engagement
from socle.bornes import FAIT
from socle.modeles import ChampJour, ModeleIdentifie
from socle.models import Document
from socle.nombres import euros
from socle.texte import sans_numero_national

SANS_NOM = "Ne nommez aucune personne : l'entreprise et l'acheteur le liront."


class Penalite(ModeleIdentifie):
    """Une pénalité au barème du marché. La structure propose et instruit, l'acheteur décide ; les preuves sont figées."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="penalites")
    genre = models.CharField("genre", max_length=8, choices=GenrePenalite)
    statut = models.CharField("statut", max_length=14, choices=StatutPenalite, default=StatutPenalite.PROPOSEE)
    preuves = models.JSONField("preuves", default=dict)
    montant_propose = models.DecimalField(
        "montant proposé", max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    lettre_preparee_le = ChampJour("lettre préparée le", null=True, blank=True)
    # Le jour où elle est vraiment partie : courriel accepté par le serveur d'envoi, ou remise constatée par une personne.
    lettre_le = ChampJour("lettre partie le", null=True, blank=True)
    remise = models.CharField("comment la lettre est parvenue", max_length=12, choices=RemiseLettre, blank=True)
    repondre_avant = ChampJour("répondre avant le", null=True, blank=True)
    lettre = models.OneToOneField(Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    observations = models.TextField(
        "observations de l'entreprise", max_length=6000, blank=True, validators=[sans_numero_national]
    )
    observations_le = ChampJour("observations reçues le", bornes=FAIT, null=True, blank=True)
    decision = models.CharField("décision", max_length=10, choices=DecisionPenalite, blank=True)
    montant_decide = models.DecimalField("montant décidé", max_digits=14, decimal_places=2, null=True, blank=True)
    motif_decision = models.CharField(
        "motif de la décision", max_length=500, blank=True, validators=[sans_numero_national]
    )
    decidee_le = ChampJour("décidée le", null=True, blank=True)
    decidee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    consignee = models.BooleanField(
        "décision consignée par la structure, d'après le document de l'acheteur", default=False
    )
    notifiee_le = ChampJour("notifiée le", null=True, blank=True)
    motif_retrait = models.CharField("motif du retrait", max_length=300, blank=True, validators=[sans_numero_national])

    objects = PenaliteQuerySet.as_manager()

    class Meta:
        verbose_name = "pénalité"
        ordering = ["-cree_le", "-pk"]
        indexes = [models.Index(fields=["statut", "repondre_avant"], name="penalite_par_statut")]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "genre"],
                condition=Q(statut__in=["proposee", "lettre_prete", "contradictoire", "observations"]),
                name="penalite_ouverte_unique",
                violation_error_message="Une pénalité de ce genre est déjà en cours pour cet engagement.",
            ),
            models.UniqueConstraint(
                fields=["engagement"],
                condition=Q(genre="heures") & ~Q(statut="retiree"),
                name="penalite_des_heures_unique",
                violation_error_message="Les heures manquantes de cet engagement ont déjà leur pénalité.",
            ),
            models.CheckConstraint(
                condition=Q(statut__in=["decidee", "notifiee"], decidee_le__isnull=False, montant_decide__isnull=False)
                & ~Q(decision="")
                | ~Q(statut__in=["decidee", "notifiee"]) & Q(decision="", montant_decide__isnull=True),
                name="penalite_decision_entiere",
                violation_error_message="Une décision a son sens, son montant et sa date.",
            ),
            models.CheckConstraint(
                condition=Q(lettre_le__isnull=True, remise="") | Q(lettre_le__isnull=False) & ~Q(remise=""),
                name="penalite_lettre_remise",
                violation_error_message="Une lettre partie dit comment.",
                violation_error_code="champ:mode",
            ),
            models.CheckConstraint(
                condition=Q(montant_decide__isnull=True)
                | Q(montant_decide__gte=0, montant_decide__lte=F("montant_propose")),
                name="penalite_montant_borne",
                violation_error_message="Le montant décidé va de 0 au montant proposé.",
                violation_error_code="champ:montant",
            ),
        ]

    def __str__(self) -> str:
        return f"pénalité {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("suivi:penalite", args=[self.uuid])

    @property
    def montant_dit(self) -> str:
        """Ce qui vaut d'abord : « 10 000 € décidés (32 900 € proposés) »."""
        propose = f"{euros(self.montant_propose)} proposés"
        if self.montant_decide is None:
            return propose
        if not self.montant_decide:
            return f"aucune pénalité ({propose})"
        decide = f"{euros(self.montant_decide)} décidés"
        return decide if self.montant_decide == self.montant_propose else f"{decide} ({propose})"

    @property
    def est_ouverte(self) -> bool:
        return self.statut in StatutPenalite.ouverts()
