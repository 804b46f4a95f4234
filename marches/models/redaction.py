from django.conf import settings
from django.db import models
from django.urls import reverse

from comptes.querysets import PropreAStructureQuerySet
from marches.enums import PieceClause
from marches.models.marche import Marche
from marches.querysets import RedactionQuerySet
from socle.modeles import ModeleIdentifie
from socle.texte import sans_numero_national


class ModeleClause(ModeleIdentifie):
    """La variante qu'une structure donne d'un modèle national. Une version ne se corrige pas : on en écrit une autre."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    piece = models.CharField("pièce", max_length=20, choices=PieceClause)
    version = models.PositiveSmallIntegerField("version")
    texte = models.TextField("texte", validators=[sans_numero_national])
    note = models.CharField("ce qui change", max_length=200, blank=True)
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)

    objects = PropreAStructureQuerySet.as_manager()

    class Meta:
        verbose_name = "modèle de clause"
        ordering = ["piece", "-version"]
        constraints = [models.UniqueConstraint(fields=["structure", "piece", "version"], name="modele_version_unique")]

    def __str__(self) -> str:
        return f"{self.get_piece_display()}, version {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("marches:modele_clause", args=[self.piece])


class Redaction(ModeleIdentifie):
    """Des textes produits pour un marché, figés : de quelles versions, avec quels nombres, par qui, et leur empreinte."""

    marche = models.ForeignKey(Marche, on_delete=models.PROTECT, related_name="redactions")
    pieces = models.JSONField("pièces", default=list)
    nombres = models.JSONField("nombres employés", default=dict, blank=True)
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = RedactionQuerySet.as_manager()

    class Meta:
        verbose_name = "rédaction"
        ordering = ["-cree_le", "-pk"]

    def __str__(self) -> str:
        return f"rédaction {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("marches:redaction_texte", args=[self.uuid])

    @property
    def titres(self) -> str:
        """Les pièces et leurs versions, en une phrase."""
        return ", ".join(f"{piece['titre']} ({piece['version']})" for piece in self.pieces)
