from django.conf import settings
from django.db import models

from comptes.querysets import PropreAStructureQuerySet
from socle.modeles import ModeleArchivable
from socle.texte import sans_numero_national


class FicheDeStructure(ModeleArchivable):
    """Ce qu'une structure garde d'une ligne d'un référentiel commun : ses notes, son archivage. Les autres n'en voient rien."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    notes = models.TextField("notes", blank=True, validators=[sans_numero_national])

    objects = PropreAStructureQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"fiche {self.uuid}"
