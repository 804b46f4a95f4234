"""Comment une structure attend les déclarations de ses entreprises."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from comptes.querysets import ParametreQuerySet
from socle.modeles import ChampJour, ModeleIdentifie

_JOURS = [MinValueValidator(1), MaxValueValidator(60)]


class ReglagesDeclaration(ModeleIdentifie):
    """Le jour du mois avant lequel une entreprise déclare ; le même à la fin d'un trimestre."""

    structure = models.OneToOneField(
        settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="reglages_declaration"
    )
    jour_echeance = models.PositiveSmallIntegerField(
        "à déclarer avant le",
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text="Jour du mois qui suit, ou du mois qui suit le trimestre. Les mois déjà ouverts gardent leur échéance.",
    )

    premier_mois = ChampJour(
        "premier mois attendu",
        null=True,
        blank=True,
        help_text="Les mois d'avant ne s'ouvrent pas. Vide : chaque marché est attendu depuis son début.",
    )
    relances = models.BooleanField(
        "relancer les entreprises",
        default=False,
        help_text="Éteintes tant qu'un responsable ne les allume pas. Par courriel : au premier jour ouvré, le jour de "
        "l'échéance, puis aux rappels ci-dessous. Le premier courriel présente l'outil et le facilitateur.",
    )
    jours_rappel = models.PositiveSmallIntegerField(
        "premier rappel (jours ouvrés après l'échéance)", default=5, validators=_JOURS
    )
    jours_second_contact = models.PositiveSmallIntegerField(
        "second rappel, à un autre contact aussi s'il y en a un (jours ouvrés)", default=10, validators=_JOURS
    )
    jours_acheteur = models.PositiveSmallIntegerField(
        "troisième rappel, à l'acheteur aussi s'il a un compte (jours ouvrés)", default=15, validators=_JOURS
    )
    jours_tache = models.PositiveSmallIntegerField(
        "au facilitateur d'appeler (jours ouvrés)", default=20, validators=_JOURS
    )

    objects = ParametreQuerySet.as_manager()

    class Meta:
        verbose_name = "réglages des déclarations"
        constraints = [
            models.CheckConstraint(
                condition=Q(jours_second_contact__gt=F("jours_rappel"))
                & Q(jours_acheteur__gt=F("jours_second_contact"))
                & Q(jours_tache__gt=F("jours_acheteur")),
                name="paliers_dans_l_ordre",
                violation_error_message="Chaque rappel vient après le précédent.",
                violation_error_code="champ:jours_second_contact",
            )
        ]

    def __str__(self) -> str:
        return f"réglages des déclarations {self.uuid}"
