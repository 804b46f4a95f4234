"""Ce qui a été rappelé à une entreprise : une ligne par déclaration et par palier, jamais deux ; et ce qui l'arrête."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone

from declarations.enums import IssueRelance, Palier
from declarations.models.heures import Declaration
from entreprises.models import FicheEntreprise
from marches.models import Engagement
from socle.bornes import FAIT
from socle.modeles import ChampJour, ModeleIdentifie
from socle.querysets import QuerySetDomaine
from socle.texte import sans_numero_national

SILENCE = datetime.timedelta(days=3)  # on s'est parlé il y a peu : on ne relance pas


class RelanceQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(declaration__engagement__lot__marche__structure=acteur.organisation)

    def de_la_fiche(self, fiche):
        """Celles d'une entreprise dans une structure."""
        return self.filter(
            declaration__engagement__entreprise=fiche.entreprise_id,
            declaration__engagement__lot__marche__structure=fiche.structure_id,
        )

    def parties(self, le):
        """Celles dont le courriel est écrit ce jour-là."""
        return self.filter(jour=le, issue=IssueRelance.ENVOYEE)

    def avec_contexte(self):
        return self.select_related("declaration__engagement__entreprise", "declaration__engagement__lot__marche")

    def a_appeler(self, le=None):
        """Ce que le facilitateur doit faire lui-même : une ligne par déclaration, celle de son dernier palier.

        La déclaration reçue, une pause ou un marché qui ne s'exécute plus la retirent ; un appel ou une relance à la main,
        pour trois jours.
        """
        le = le or timezone.localdate()
        fiche = {
            "fiche__entreprise": OuterRef("declaration__engagement__entreprise"),
            "fiche__structure": OuterRef("declaration__engagement__lot__marche__structure"),
        }
        appels = Appel.objects.recents(le).filter(**fiche)
        pauses = PauseRelances.objects.en_cours(le).filter(
            Q(engagement=None) | Q(engagement=OuterRef("declaration__engagement")), **fiche
        )
        suites = self.model.objects.filter(
            Q(rang__gt=OuterRef("rang")) | Q(palier=Palier.MANUELLE, jour__gte=OuterRef("jour"), jour__gt=le - SILENCE),
            declaration=OuterRef("declaration"),
        )
        return self.filter(
            ~Exists(suites),
            ~Exists(appels),
            ~Exists(pauses),
            issue__in=[IssueRelance.TACHE, IssueRelance.SANS_CONTACT],
            declaration__in=Declaration.objects.a_relancer(),
        ).order_by("jour", "pk")


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


class PauseRelancesQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(fiche__structure=acteur.organisation)

    def en_cours(self, le):
        """Le dernier jour de la pause en fait partie."""
        return self.filter(levee_le__isnull=True, jusqu_au__gte=le)


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


class AppelQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(fiche__structure=acteur.organisation)

    def recents(self, le):
        """Assez récents pour que l'on se taise ce jour-là."""
        return self.filter(le__gt=le - SILENCE, le__lte=le)


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
