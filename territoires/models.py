from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.urls import reverse

from socle.modeles import ModeleIdentifie
from socle.plis import ChampPlie
from socle.texte import plier
from socle.validateurs import valider_nom
from territoires.enums import Millesime
from territoires.querysets import (
    AutreNomQuerySet,
    CommuneQuerySet,
    ContourQuerySet,
    EpciQuerySet,
    QuartierQuerySet,
    TerritoireQuerySet,
    compacter,
)
from territoires.validateurs import MOTIF_CODE_INSEE, valider_code_insee, valider_siren


class Epci(models.Model):
    """Une intercommunalité à fiscalité propre, ou un établissement du Grand Paris (EPT), désignée par son SIREN."""

    siren = models.CharField(
        "SIREN",
        max_length=9,
        unique=True,
        validators=[valider_siren],
        error_messages={"unique": "Cet EPCI existe déjà."},
    )
    nom = models.CharField("nom", max_length=150)

    objects = EpciQuerySet.as_manager()

    class Meta:
        verbose_name = "EPCI"
        verbose_name_plural = "EPCI"
        ordering = ["nom", "siren"]
        constraints = [
            models.CheckConstraint(
                condition=Exact(Length("siren"), 9),
                name="epci_siren_9_chiffres",
                violation_error_message="Un SIREN compte 9 chiffres.",
            )
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def membres(self) -> "models.QuerySet[Commune]":
        """Ses communes, qu'elle soit leur intercommunalité ou leur établissement du Grand Paris."""
        return Commune.objects.filter(models.Q(epci=self) | models.Q(ept=self))


class Commune(models.Model):
    """Une commune actuelle. Ses anciens codes, ceux de ses communes déléguées et de ses arrondissements la désignent aussi."""

    code_insee = models.CharField(
        "code INSEE",
        max_length=5,
        unique=True,
        validators=[valider_code_insee],
        error_messages={"unique": "Une commune porte déjà ce code INSEE."},
    )
    nom = models.CharField("nom", max_length=100)
    nom_plie = ChampPlie("nom sans accents ni casse", max_length=120, db_index=True)
    code_departement = models.CharField("département", max_length=3)
    epci = models.ForeignKey(
        Epci, on_delete=models.SET_NULL, null=True, blank=True, related_name="communes", verbose_name="EPCI"
    )
    codes_postaux = models.CharField("codes postaux, séparés d'une espace", max_length=255, blank=True)
    # La métropole du Grand Paris est leur EPCI ; l'établissement, ce qu'une structure couvre le plus souvent.
    ept = models.ForeignKey(
        Epci, on_delete=models.SET_NULL, null=True, blank=True, related_name="communes_de_l_ept", verbose_name="EPT"
    )
    # Une espace avant et après chaque code : « contient " 50173 " » est alors exact sur les deux moteurs.
    autres_codes = models.TextField("anciens codes, codes délégués et d'arrondissement", blank=True, editable=False)
    population = models.PositiveIntegerField("population municipale", null=True, blank=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "commune"
        ordering = ["nom_plie", "code_insee"]
        constraints = [
            models.CheckConstraint(
                condition=Exact(Length("code_insee"), 5),
                name="commune_code_5_caracteres",
                violation_error_message=MOTIF_CODE_INSEE,
            )
        ]

    def __str__(self) -> str:
        return self.nom

    def save(self, *args, **options):
        self.nom_plie = plier(self.nom)
        if options.get("update_fields") is not None and "nom" in options["update_fields"]:
            options["update_fields"] = {*options["update_fields"], "nom_plie"}
        super().save(*args, **options)

    @property
    def libelle(self) -> str:
        """« Cherbourg-en-Cotentin (50129) » : le nom seul ne désigne pas toujours une commune."""
        return f"{self.nom} ({self.code_insee})"

    @property
    def liste_codes_postaux(self) -> list[str]:
        return self.codes_postaux.split()


class AutreNom(models.Model):
    """Un nom qui désigne encore une commune actuelle : commune déléguée ou associée, arrondissement, commune disparue."""

    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="autres_noms", verbose_name="commune")
    code_insee = models.CharField("ancien code INSEE, ou code délégué", max_length=5, validators=[valider_code_insee])
    nom = models.CharField("nom", max_length=100)
    nom_compact = models.CharField("nom en lettres seules", max_length=120, db_index=True, editable=False)

    objects = AutreNomQuerySet.as_manager()

    class Meta:
        verbose_name = "autre nom d'une commune"
        verbose_name_plural = "autres noms de communes"
        ordering = ["nom", "code_insee", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "code_insee", "nom"],
                name="autre_nom_unique",
                violation_error_message="Cette commune porte déjà cet autre nom.",
            )
        ]

    def __str__(self) -> str:
        return self.nom

    def save(self, *args, **options):
        self.nom_compact = compacter(self.nom)
        super().save(*args, **options)


class Territoire(ModeleIdentifie):
    """Là où une structure facilitatrice travaille : une liste de communes. Une entreprise « locale » y est établie."""

    structure = models.OneToOneField(
        settings.ORGANISATION_MODEL,
        on_delete=models.CASCADE,
        related_name="territoire",
        verbose_name="structure",
        error_messages={"unique": "Cette structure a déjà un territoire."},
    )
    nom = models.CharField("nom", max_length=150, validators=[valider_nom])
    communes = models.ManyToManyField(Commune, related_name="territoires", verbose_name="communes")

    objects = TerritoireQuerySet.as_manager()

    class Meta:
        verbose_name = "territoire"
        ordering = ["nom", "pk"]

    def __str__(self) -> str:
        return self.nom

    def get_absolute_url(self) -> str:
        return reverse("territoires:territoire")


def _degres(libelle: str, limite: int) -> models.FloatField:
    return models.FloatField(libelle, validators=[MinValueValidator(-limite), MaxValueValidator(limite)])


class ContourCommune(models.Model):
    """Le contour WGS84 d'une commune, simplifié : le fond des cartes de quartiers, rien de plus."""

    commune = models.OneToOneField(Commune, on_delete=models.CASCADE, related_name="contour", verbose_name="commune")
    geometrie = models.JSONField("contour (GeoJSON MultiPolygon)")
    ouest = _degres("longitude ouest", 180)
    sud = _degres("latitude sud", 90)
    est = _degres("longitude est", 180)
    nord = _degres("latitude nord", 90)

    objects = ContourQuerySet.as_manager()

    class Meta:
        verbose_name = "contour d'une commune"
        verbose_name_plural = "contours de communes"
        ordering = ["commune"]
        indexes = [models.Index(fields=["ouest", "est", "sud", "nord"], name="contour_emprise")]

    def __str__(self) -> str:
        return str(self.commune)


class QuartierPrioritaire(ModeleIdentifie):
    """Un quartier prioritaire de la politique de la ville (QPV), dans une géographie donnée, avec son contour WGS84."""

    # Huit caractères au plus ; la forme change d'un millésime à l'autre (QP050001, QN05001M) et n'est pas imposée.
    code = models.CharField("code", max_length=8)
    nom = models.CharField("nom", max_length=150)
    millesime = models.PositiveSmallIntegerField("millésime", choices=Millesime)
    geometrie = models.JSONField("contour (GeoJSON MultiPolygon)")
    ouest = _degres("longitude ouest", 180)
    sud = _degres("latitude sud", 90)
    est = _degres("longitude est", 180)
    nord = _degres("latitude nord", 90)
    communes = models.ManyToManyField(Commune, related_name="quartiers", blank=True, verbose_name="communes")
    demonstration = models.BooleanField("contour de démonstration", default=False)
    # Un fichier gardé en entier dit aussi où il n'y a pas de quartier ; les seuls quartiers d'un territoire, non.
    fichier_entier = models.BooleanField("chargé d'un fichier gardé en entier", default=True, editable=False)

    objects = QuartierQuerySet.as_manager()

    class Meta:
        verbose_name = "quartier prioritaire"
        verbose_name_plural = "quartiers prioritaires"
        ordering = ["nom", "code", "millesime"]
        indexes = [models.Index(fields=["millesime", "modifie_le"], name="quartier_version")]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "millesime"],
                name="quartier_code_millesime_unique",
                violation_error_message="Ce quartier existe déjà dans ce millésime.",
            ),
            models.CheckConstraint(
                condition=models.Q(millesime__in=Millesime.values),
                name="quartier_millesime_connu",
                violation_error_message="Le millésime d'un quartier prioritaire est 2015 ou 2024.",
            ),
            models.CheckConstraint(
                condition=models.Q(ouest__lte=models.F("est"), sud__lte=models.F("nord")),
                name="quartier_emprise_ordonnee",
                violation_error_message="L'emprise du quartier est inversée : l'ouest dépasse l'est ou le sud le nord.",
            ),
            models.CheckConstraint(
                condition=~models.Q(code=""),
                name="quartier_code_rempli",
                violation_error_message="Un quartier porte un code de 1 à 8 caractères.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom
