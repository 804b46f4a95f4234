from django.conf import settings
from django.db import models

from comptes.querysets import LogoQuerySet, ReglagesQuerySet
from socle.modeles import ModeleIdentifie


class PasPasse(ModeleIdentifie):
    """Un premier pas que la structure laisse de côté : il ne se montre plus, et se reprend d'un geste."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="pas_passes")
    cle = models.CharField("pas", max_length=30)

    objects = ReglagesQuerySet.as_manager()

    class Meta:
        verbose_name = "premier pas passé"
        ordering = ["cle"]
        constraints = [models.UniqueConstraint(fields=["structure", "cle"], name="pas_passe_unique")]

    def __str__(self) -> str:
        return f"{self.cle} passé"


class Logo(ModeleIdentifie):
    """Le logo d'une structure, redessiné à son dépôt : une image seule, sans rien de ce que portait le fichier.

    Remplacé ou retiré, il reste tant qu'un document le porte : refait, celui-ci est le même.
    """

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="logos")
    image = models.FileField("logo", upload_to="logos/", max_length=200)
    largeur = models.PositiveSmallIntegerField("largeur (pixels)")
    hauteur = models.PositiveSmallIntegerField("hauteur (pixels)")
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)

    objects = LogoQuerySet.as_manager()

    class Meta:
        verbose_name = "logo"
        ordering = ["structure", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure"],
                condition=models.Q(retire_le__isnull=True),
                name="logo_en_place_unique",
                violation_error_message="Cette structure a déjà un logo.",
            )
        ]

    def __str__(self) -> str:
        return f"logo {self.uuid}"
