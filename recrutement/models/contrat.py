"""Le contrat de travail d'un bénéficiaire sur un engagement."""

import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from beneficiaires.models import Beneficiaire
from entreprises.models import Entreprise
from marches.models import Engagement
from recrutement.enums import Modalite, MotifFin, TypeContrat
from recrutement.querysets import ContratQuerySet
from socle.modeles import ModeleArchivable


class Contrat(ModeleArchivable):
    """Une personne, un employeur, un engagement, des dates. L'employeur n'est pas toujours l'entreprise engagée."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    identifiant = models.CharField("identifiant", max_length=40)
    beneficiaire = models.ForeignKey(
        Beneficiaire, on_delete=models.PROTECT, related_name="contrats", verbose_name="bénéficiaire"
    )
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="contrats")
    employeur = models.ForeignKey(Entreprise, on_delete=models.PROTECT, related_name="contrats")
    modalite = models.CharField("modalité", max_length=20, choices=Modalite)
    type_contrat = models.CharField("type de contrat", max_length=22, choices=TypeContrat)
    debut = models.DateField("début")
    fin_prevue = models.DateField("fin prévue", null=True, blank=True)
    fin_reelle = models.DateField("fin réelle", null=True, blank=True)
    motif_fin = models.CharField("raison de la fin anticipée", max_length=12, choices=MotifFin, blank=True)

    objects = ContratQuerySet.as_manager()
    historique = HistoricalRecords()

    class Meta:
        verbose_name = "contrat"
        ordering = ["-debut", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "identifiant"],
                name="contrat_identifiant_unique",
                violation_error_message="Cet identifiant est déjà celui d'un autre contrat.",
                violation_error_code="champ:identifiant",
            ),
            models.CheckConstraint(
                condition=Q(fin_prevue__isnull=True) | Q(fin_prevue__gte=F("debut")),
                name="contrat_fin_prevue_apres_debut",
                violation_error_message="La fin du contrat précède son début.",
                violation_error_code="champ:fin_prevue",
            ),
            models.CheckConstraint(
                condition=Q(fin_reelle__isnull=True) | Q(fin_reelle__gte=F("debut")),
                name="contrat_fin_reelle_apres_debut",
                violation_error_message="La fin réelle précède le début.",
                violation_error_code="champ:fin_reelle",
            ),
        ]
        indexes = [models.Index(fields=["structure", "debut"], name="contrat_par_structure")]

    def __str__(self) -> str:
        return f"contrat {self.identifiant}"

    def get_absolute_url(self) -> str:
        return reverse("recrutement:contrat", args=[self.uuid])

    @property
    def fin(self) -> datetime.date | None:
        return self.fin_reelle or self.fin_prevue

    def clean(self):
        """Tout ce qui compose le contrat appartient à la même structure."""
        if self.beneficiaire_id and self.beneficiaire.structure_id != self.structure_id:
            raise ValidationError({"beneficiaire": "Cette personne n'est pas suivie par votre structure."})
        if self.engagement_id and self.engagement.lot.marche.structure_id != self.structure_id:
            raise ValidationError({"engagement": "Ce marché n'est pas suivi par votre structure."})
