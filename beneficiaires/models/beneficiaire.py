from dataclasses import replace

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from beneficiaires.enums import Sexe
from beneficiaires.querysets import BeneficiaireQuerySet
from socle.bornes import NAISSANCE
from socle.contraintes import UniqueArchiveComprise
from socle.modeles import ChampJour, ModeleArchivable
from socle.periodes import age
from socle.plis import ChampPlie
from socle.texte import plier, sans_numero_national
from socle.validateurs import valider_nom

AGE_MINIMUM, AGE_MAXIMUM = 14, 90
RAYON_MAXIMUM = 200
NE_ENTRE = replace(NAISSANCE, message=f"L'âge n'est pas entre {AGE_MINIMUM} et {AGE_MAXIMUM} ans : vérifiez l'année.")


class Beneficiaire(ModeleArchivable):
    """Une personne accompagnée par une structure. Ce qui peut changer de date en date vit dans des faits datés.

    Le dossier ne porte ni numéro de sécurité sociale ni donnée de santé ; `__str__` ne dit jamais le nom.
    """

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    identifiant = models.CharField("identifiant", max_length=40)
    nom = models.CharField("nom", max_length=80, validators=[valider_nom])
    prenom = models.CharField("prénom", max_length=80, validators=[valider_nom])
    nom_plie = ChampPlie(max_length=170, db_index=True)
    date_naissance = ChampJour("date de naissance", bornes=NE_ENTRE)
    sexe = models.CharField("sexe", max_length=1, choices=Sexe)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    referent = models.CharField("référent", max_length=120, blank=True, validators=[valider_nom])
    referent_courriel = models.EmailField("courriel du référent", blank=True)
    prescripteur = models.ForeignKey(
        settings.ORGANISATION_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="prescripteur",
    )
    metiers = models.ManyToManyField(
        "metiers.Metier", blank=True, related_name="beneficiaires", verbose_name="métiers recherchés"
    )
    disponible_le = ChampJour(
        "disponible à partir du",
        null=True,
        blank=True,
        help_text="Vide : on ne sait pas encore.",
    )
    rayon_km = models.PositiveSmallIntegerField(
        "mobilité (km)",
        null=True,
        blank=True,
        validators=[MaxValueValidator(RAYON_MAXIMUM)],
        help_text="Jusqu'où la personne peut aller travailler.",
    )
    notes = models.TextField("notes", blank=True, validators=[sans_numero_national])

    fin_annoncee_le = ChampJour("fin de conservation annoncée le", null=True, blank=True, editable=False)
    anonymise_le = models.DateTimeField("anonymisé le", null=True, blank=True, editable=False)

    objects = BeneficiaireQuerySet.as_manager()

    class Meta:
        verbose_name = "bénéficiaire"
        ordering = ["nom_plie", "pk"]
        constraints = [
            UniqueArchiveComprise(
                fields=["structure", "identifiant"],
                name="beneficiaire_identifiant_unique",
                violation_error_message="Cet identifiant est déjà celui d'un autre dossier.",
                violation_error_code="champ:identifiant",
                si_archive="Le dossier %(identifiant)s existe, archivé : sortez-le de l'archive, ou prenez un autre identifiant.",
            ),
        ]

    def __str__(self) -> str:
        return f"bénéficiaire {self.identifiant}"

    def save(self, *args, **kwargs):
        self.nom_plie = plier(f"{self.nom} {self.prenom}")
        super().save(*args, **kwargs)

    def clean(self):
        if self.date_naissance is None or not NE_ENTRE.contient(self.date_naissance):
            return
        if not AGE_MINIMUM <= age(self.date_naissance, timezone.localdate()) <= AGE_MAXIMUM:
            raise ValidationError({"date_naissance": NE_ENTRE.message})

    def get_absolute_url(self) -> str:
        return reverse("beneficiaires:fiche", args=[self.uuid])

    def age_le(self, jour) -> int | None:
        """Ses années révolues ; d'une personne anonymisée il ne reste que la classe d'âge de ses contrats."""
        return None if self.anonymise_le else age(self.date_naissance, jour)

    @property
    def nom_complet(self) -> str:
        return "Personne anonymisée" if self.anonymise_le else f"{self.prenom} {self.nom}"

    @property
    def initiales(self) -> str:
        return "anonyme" if self.anonymise_le else f"{self.prenom[:1]}. {self.nom[:1]}."
