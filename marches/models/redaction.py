from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from comptes.enums import Role, TypeOrganisation
from comptes.models import Partenariat
from comptes.querysets import PropreAStructureQuerySet
from marches.enums import PieceClause
from marches.models.marche import Marche
from marches.querysets import RedactionQuerySet
from socle.modeles import ModeleIdentifie
from socle.texte import sans_numero_national


class ModeleClauseQuerySet(PropreAStructureQuerySet):
    def proposes_a(self, acteur):
        """Les modèles en vigueur que des structures proposent à un réseau que l'on partage avec elles ; un réseau, les siens."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.role == Role.RESEAU:
            reseaux: Any = [acteur.organisation.pk]
        elif acteur.est_facilitateur:
            siens = Partenariat.objects.filter(structure=acteur.organisation)
            reseaux = siens.filter(organisation__type=TypeOrganisation.RESEAU).values("organisation")
        else:
            return self.none()
        membres = Partenariat.objects.filter(organisation__in=reseaux).values("structure")
        proposes = self.filter(structure__in=membres, propose_le__isnull=False, retire_le__isnull=True)
        return proposes.exclude(structure=acteur.organisation)


class ModeleClause(ModeleIdentifie):
    """La variante qu'une structure donne d'un modèle national. Une version ne se corrige pas : on en écrit une autre.

    Proposée au réseau, une autre structure l'adopte : elle en prend une copie, qui est à elle et dit d'où elle vient.
    """

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    piece = models.CharField("pièce", max_length=20, choices=PieceClause)
    version = models.PositiveSmallIntegerField("version")
    texte = models.TextField("texte", validators=[sans_numero_national])
    note = models.CharField("ce qui change", max_length=200, blank=True)
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    origine = models.CharField("adopté de", max_length=200, blank=True, editable=False)
    propose_le = models.DateTimeField("proposé au réseau le", null=True, blank=True, editable=False)
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)

    objects = ModeleClauseQuerySet.as_manager()

    class Meta:
        verbose_name = "modèle de clause"
        ordering = ["piece", "-version"]
        constraints = [models.UniqueConstraint(fields=["structure", "piece", "version"], name="modele_version_unique")]

    def __str__(self) -> str:
        return f"{self.get_piece_display()}, version {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("marches:modele_clause", args=[self.piece])

    def a_un_reseau(self) -> bool:
        """Vrai si la structure travaille avec un réseau, à qui proposer."""
        partenaires = Partenariat.objects.filter(structure=self.structure_id)
        return partenaires.filter(organisation__type=TypeOrganisation.RESEAU).exists()


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
        """Les pièces et leurs versions, en une phrase ; une pièce produite lot par lot, une fois."""
        produites = Counter((piece["titre"], piece["version"]) for piece in self.pieces)
        return ", ".join(
            f"{titre}{f' pour {combien} lots' if combien > 1 else ''} ({version})"
            for (titre, version), combien in produites.items()
        )


def titre_de_la_piece(piece: Mapping[str, Any]) -> str:
    """« Acte d'engagement, lot 2 (Peinture) » ; sans lot, la pièce les dit tous."""
    lot = piece.get("lot")
    return f"{piece['titre']}, lot {lot['numero']} ({lot['intitule']})" if lot else piece["titre"]
