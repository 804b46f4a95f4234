"""Ce que l'entreprise joint à sa déclaration : un départ, une embauche que la structure ne connaît pas, un relevé."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from declarations.enums import StatutAnnonce
from declarations.models.heures import HEURES_MAX_PAR_MOIS, Declaration
from declarations.querysets import DeLaDeclarationQuerySet, JustificatifQuerySet
from recrutement.enums import MotifFin, TypeContrat
from recrutement.models import Contrat
from socle.modeles import ChampJour, FichierDepose, ModeleIdentifie
from socle.texte import sans_numero_national
from socle.validateurs import valider_nom


class Annonce(ModeleIdentifie):
    """Base : une annonce ne change rien d'elle-même, le facilitateur la prend en compte ou l'écarte avec une raison."""

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE)
    statut = models.CharField("état", max_length=15, choices=StatutAnnonce, default=StatutAnnonce.A_TRAITER)
    reponse = models.CharField(
        "pourquoi l'annonce est écartée", max_length=300, blank=True, validators=[sans_numero_national]
    )
    traitee_le = models.DateTimeField("traitée le", null=True, blank=True)
    traitee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        return self.declaration.get_absolute_url()

    @property
    def est_a_traiter(self) -> bool:
        return self.statut == StatutAnnonce.A_TRAITER


class DepartAnnonce(Annonce):
    """« Cette personne est partie le… » : le contrat ne bouge que si le facilitateur le confirme."""

    contrat = models.ForeignKey(Contrat, on_delete=models.PROTECT, related_name="departs_annonces")
    parti_le = ChampJour("départ le")
    motif = models.CharField("raison", max_length=12, choices=MotifFin)

    objects = DeLaDeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = "départ annoncé"
        ordering = ["parti_le", "pk"]
        default_related_name = "departs"
        constraints = [models.UniqueConstraint(fields=["declaration", "contrat"], name="depart_annonce_unique")]

    def __str__(self) -> str:
        return f"départ annoncé {self.uuid}"


class PersonneAnnoncee(Annonce):
    """Une personne embauchée que la structure ne connaît pas encore. Ses heures ne comptent qu'une fois son contrat connu."""

    nom = models.CharField("nom", max_length=80, blank=True, validators=[valider_nom])
    prenom = models.CharField("prénom", max_length=80, blank=True, validators=[valider_nom])
    embauchee_le = ChampJour("embauchée le")
    type_contrat = models.CharField("type de contrat", max_length=22, choices=TypeContrat)
    heures = models.DecimalField(
        "heures du mois",
        max_digits=6,
        decimal_places=2,
        validators=[
            MinValueValidator(0, message="Les heures ne peuvent pas être négatives."),
            MaxValueValidator(HEURES_MAX_PAR_MOIS, message="Pas plus de 250 heures dans un mois."),
        ],
    )
    precision = models.CharField("précision", max_length=200, blank=True, validators=[sans_numero_national])
    contrat = models.ForeignKey(Contrat, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = DeLaDeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = "personne annoncée"
        ordering = ["embauchee_le", "pk"]
        default_related_name = "personnes_annoncees"

    def __str__(self) -> str:
        return f"personne annoncée {self.uuid}"

    @property
    def nom_complet(self) -> str:
        """Vide une fois l'annonce traitée depuis assez longtemps : le contrat porte alors la personne."""
        return f"{self.prenom} {self.nom}".strip() or "Personne annoncée"


class Justificatif(FichierDepose, ModeleIdentifie):
    """Un relevé d'heures ou un bulletin joint à une déclaration, gardé hors du web ; retiré, il sort des pages."""

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="justificatifs")
    nom = models.CharField("nom", max_length=150)
    fichier = models.FileField("fichier", upload_to="justificatifs/%Y/%m", max_length=200, blank=True)
    type_mime = models.CharField("format", max_length=100, editable=False)
    taille = models.PositiveIntegerField("taille (octets)", editable=False)
    empreinte = models.CharField("empreinte SHA-256", max_length=64, editable=False)
    depose_par = models.EmailField("déposé par", blank=True)
    retire_le = models.DateTimeField("retiré le", null=True, blank=True, editable=False)

    objects = JustificatifQuerySet.as_manager()

    class Meta:
        verbose_name = "justificatif"
        ordering = ["cree_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "empreinte"],
                condition=models.Q(retire_le__isnull=True),
                name="justificatif_unique",
                violation_error_message="Ce fichier est déjà joint.",
            )
        ]

    def __str__(self) -> str:
        return f"justificatif {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("suivi:justificatif", args=[self.uuid])
