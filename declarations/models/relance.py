"""Ce qui a été rappelé à une entreprise : une ligne par déclaration et par palier, jamais deux ; et ce qui l'arrête."""

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When

from declarations.enums import IssueRelance, Palier
from declarations.models.heures import Declaration
from declarations.querysets import AppelQuerySet, PauseRelancesQuerySet, RelanceQuerySet
from entreprises.models import FicheEntreprise
from marches.models import Engagement
from socle.bornes import FAIT
from socle.modeles import ChampJour, ModeleIdentifie
from socle.texte import sans_numero_national


class Relance(ModeleIdentifie):
    """Un palier passé pour une déclaration, ou une relance à la main : `par` dit alors qui.

    `courriel` est le même pour tous les marchés d'une entreprise, ce jour-là.
    """

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="relances")
    palier = models.CharField("palier", max_length=16, choices=Palier)
    rang = models.GeneratedField(
        verbose_name="rang du palier",
        expression=Case(*(When(palier=palier, then=Value(palier.rang)) for palier in Palier)),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    jour = ChampJour("le")
    issue = models.CharField("issue", max_length=12, choices=IssueRelance)
    courriel = models.ForeignKey("socle.Courriel", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = RelanceQuerySet.as_manager()

    class Meta:
        verbose_name = "relance"
        ordering = ["-jour", "-rang", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "palier"],
                condition=~Q(palier=Palier.MANUELLE),
                name="relance_unique_par_palier",
            ),
            models.UniqueConstraint(
                fields=["declaration", "jour"],
                condition=Q(palier=Palier.MANUELLE),
                name="relance_manuelle_unique_par_jour",
            ),
        ]
        indexes = [models.Index(fields=["jour", "issue"], name="relance_par_jour")]

    def __str__(self) -> str:
        return f"relance {self.uuid}"

    def get_absolute_url(self) -> str:
        return self.declaration.get_absolute_url()


class PauseRelances(ModeleIdentifie):
    """On ne relance pas jusqu'à une date : une entreprise entière, ou un seul de ses engagements."""

    fiche = models.ForeignKey(FicheEntreprise, on_delete=models.CASCADE, related_name="pauses")
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, null=True, blank=True, related_name="pauses")
    jusqu_au = ChampJour("ne pas relancer jusqu'au")
    motif = models.CharField("motif", max_length=200, validators=[sans_numero_national])
    posee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    levee_le = models.DateTimeField("levée le", null=True, blank=True, editable=False)

    objects = PauseRelancesQuerySet.as_manager()

    class Meta:
        verbose_name = "pause des relances"
        ordering = ["-jusqu_au", "-pk"]
        indexes = [models.Index(fields=["fiche", "jusqu_au"], name="pause_par_fiche")]

    def __str__(self) -> str:
        return f"pause {self.uuid}"

    def get_absolute_url(self) -> str:
        return (self.engagement or self.fiche.entreprise).get_absolute_url()


class Appel(ModeleIdentifie):
    """Un échange de vive voix avec une entreprise : trois jours sans relance."""

    fiche = models.ForeignKey(FicheEntreprise, on_delete=models.CASCADE, related_name="appels")
    le = ChampJour("le", bornes=FAIT)
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = AppelQuerySet.as_manager()

    class Meta:
        verbose_name = "appel"
        ordering = ["-le", "-pk"]
        constraints = [models.UniqueConstraint(fields=["fiche", "le"], name="un_appel_par_jour")]

    def __str__(self) -> str:
        return f"appel {self.uuid}"
