from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from beneficiaires.enums import OrigineRattachement, SituationAdresse, StatutQuartier
from beneficiaires.models.beneficiaire import Beneficiaire
from beneficiaires.models.faits import FaitDate, fin_apres_debut
from socle.modeles import ModeleIdentifie
from socle.querysets import QuerySetDomaine


class Domicile(FaitDate):
    """Où la personne habite, et depuis quand."""

    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="domiciles")
    adresse = models.CharField("adresse", max_length=200, blank=True)
    code_postal = models.CharField("code postal", max_length=5, blank=True)
    commune = models.ForeignKey(
        "territoires.Commune", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="commune"
    )
    latitude = models.FloatField(
        "latitude", null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        "longitude", null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )

    score = models.FloatField("confiance dans les coordonnées (0 à 1)", null=True, blank=True, editable=False)
    situation = models.CharField(
        "d'où viennent les coordonnées",
        max_length=12,
        choices=SituationAdresse,
        default=SituationAdresse.SANS,
        editable=False,
    )
    essais = models.PositiveSmallIntegerField("essais de localisation", default=0, editable=False)
    prochain_essai_le = models.DateTimeField("prochain essai le", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "domicile"
        ordering = ["-depuis", "-pk"]
        constraints = [fin_apres_debut("domicile_fin_apres_debut")]
        indexes = [models.Index(fields=["situation", "prochain_essai_le"], name="domicile_a_situer")]

    def __str__(self) -> str:
        return f"domicile {self.uuid}"


class RattachementQuartierQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(domicile__beneficiaire__structure=acteur.organisation)


class RattachementQuartier(ModeleIdentifie):
    """Le domicile est-il dans un quartier prioritaire, pour un millésime ? Une ligne par millésime, décision signée et datée."""

    domicile = models.ForeignKey(Domicile, on_delete=models.CASCADE, related_name="rattachements")
    millesime = models.PositiveSmallIntegerField("millésime")
    quartier = models.ForeignKey(
        "territoires.QuartierPrioritaire", on_delete=models.PROTECT, null=True, blank=True, related_name="rattachements"
    )
    statut = models.CharField("statut", max_length=12, choices=StatutQuartier)
    origine = models.CharField("origine", max_length=10, choices=OrigineRattachement)
    distance_m = models.PositiveIntegerField("distance au contour (m)", null=True, blank=True)
    score = models.FloatField("confiance dans l'adresse (0 à 1)", null=True, blank=True)
    motif = models.CharField("pourquoi vérifier", max_length=200, blank=True, editable=False)
    verifie_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    verifie_le = models.DateTimeField("vérifié le", null=True, blank=True)

    objects = RattachementQuartierQuerySet.as_manager()

    class Meta:
        verbose_name = "rattachement à un quartier"
        ordering = ["-millesime"]
        constraints = [
            models.UniqueConstraint(fields=["domicile", "millesime"], name="rattachement_unique_par_millesime"),
            models.CheckConstraint(
                condition=~Q(statut="oui") | Q(quartier__isnull=False),
                name="rattachement_oui_avec_quartier",
                violation_error_message="Choisissez le quartier.",
                violation_error_code="champ:quartier",
            ),
        ]

    def __str__(self) -> str:
        return f"rattachement {self.millesime}"

    @property
    def explication(self) -> str:
        """D'où vient ce statut ou, s'il est à vérifier, pourquoi : ce qui manque à l'adresse, le bord, les contours."""
        if self.motif:
            return self.motif
        if self.statut == StatutQuartier.A_VERIFIER:
            return f"{self.domicile.get_situation_display()}."
        return self.get_origine_display()
