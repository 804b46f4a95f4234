"""Le contrat de travail d'un bénéficiaire sur un engagement."""

import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from beneficiaires.models import Beneficiaire
from entreprises.models import ContactEntreprise, Entreprise
from marches.models import ConventionGlobalisation, Engagement
from recrutement.enums import GenreAvenant, Modalite, MotifFin, TypeContrat
from recrutement.querysets import ContratQuerySet, DuContratQuerySet
from socle.contraintes import UniqueArchiveComprise
from socle.modeles import ChampJour, ModeleArchivable, ModeleIdentifie


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
    debut = ChampJour("début")
    fin_prevue = ChampJour("fin prévue", null=True, blank=True)
    fin_reelle = ChampJour("fin réelle", null=True, blank=True)
    heures_hebdomadaires = models.DecimalField(
        "heures par semaine",
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(48)],
    )
    tuteur = models.ForeignKey(
        ContactEntreprise, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="tuteur"
    )
    meme_contrat_que = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="affectations", editable=False
    )
    convention = models.ForeignKey(
        ConventionGlobalisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contrats",
        verbose_name="convention de globalisation",
        help_text="À choisir si les heures se font sur un autre chantier que celui du marché.",
    )
    motif_fin = models.CharField("raison de la fin anticipée", max_length=12, choices=MotifFin, blank=True)

    objects = ContratQuerySet.as_manager()
    historique = HistoricalRecords()

    class Meta:
        verbose_name = "contrat"
        ordering = ["-debut", "pk"]
        constraints = [
            UniqueArchiveComprise(
                fields=["structure", "identifiant"],
                name="contrat_identifiant_unique",
                violation_error_message="Cet identifiant est déjà celui d'un autre contrat.",
                violation_error_code="champ:identifiant",
                si_archive="Le contrat %(identifiant)s existe, archivé : sortez-le de l'archive, ou prenez un autre identifiant.",
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
    def est_en_alternance(self) -> bool:
        """Un contrat dont une part se passe en formation : ses heures se déclarent en deux nombres."""
        return self.modalite == Modalite.ALTERNANCE or self.type_contrat in TypeContrat.en_alternance()

    @property
    def fin(self) -> datetime.date | None:
        return self.fin_reelle or self.fin_prevue

    @property
    def motif_sans_critere(self) -> str:
        """Pourquoi ses heures comptent sans critère ; vide si rien n'est consigné."""
        consigne = getattr(self, "sans_critere", None)
        return consigne.motif if consigne else ""

    def clean(self):
        """Tout ce qui compose le contrat appartient à la même structure."""
        if self.beneficiaire_id and self.beneficiaire.structure_id != self.structure_id:
            raise ValidationError({"beneficiaire": "Cette personne n'est pas suivie par votre structure."})
        if self.engagement_id and self.engagement.lot.marche.structure_id != self.structure_id:
            raise ValidationError({"engagement": "Ce marché n'est pas suivi par votre structure."})
        if self.convention and not self.convention.marches.filter(lots__engagements=self.engagement_id).exists():
            raise ValidationError({"convention": "Cette convention ne réunit pas le marché de ce contrat."})
        if self.tuteur and self.tuteur.fiche.structure_id != self.structure_id:
            raise ValidationError({"tuteur": "Ce contact n'est pas dans votre carnet."})


class AvenantContrat(ModeleIdentifie):
    """Un changement du contrat de travail, daté : ce qu'il disait avant, ce qu'il dit après."""

    contrat = models.ForeignKey(Contrat, on_delete=models.PROTECT, related_name="avenants")
    genre = models.CharField("ce qui change", max_length=12, choices=GenreAvenant)
    date_effet = ChampJour("date d'effet")
    type_avant = models.CharField(max_length=22, choices=TypeContrat)
    type_apres = models.CharField(max_length=22, choices=TypeContrat)
    fin_avant = ChampJour(null=True, blank=True)
    fin_apres = ChampJour(null=True, blank=True)
    heures_avant = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    heures_apres = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)

    objects = DuContratQuerySet.as_manager()

    class Meta:
        verbose_name = "avenant au contrat de travail"
        ordering = ["date_effet", "pk"]

    def __str__(self) -> str:
        return f"avenant au contrat {self.uuid}"

    def get_absolute_url(self) -> str:
        return self.contrat.get_absolute_url()
