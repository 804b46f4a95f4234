from django.conf import settings
from django.db import models

from socle.modeles import ModeleIdentifie


class EntreeJournal(ModeleIdentifie):
    """Ce qui s'est passé, par qui, sur quoi. Le texte est rendu à l'affichage ; `donnees` ne porte aucun nom de personne."""

    structure = models.ForeignKey(
        settings.ORGANISATION_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    action = models.CharField("action", max_length=60)
    objet_type = models.CharField("type d'objet", max_length=60)
    objet_uuid = models.UUIDField("objet")
    donnees = models.JSONField("données", default=dict, blank=True)

    class Meta:
        verbose_name = "entrée du journal"
        verbose_name_plural = "entrées du journal"
        ordering = ["-cree_le", "-id"]
        indexes = [models.Index(fields=["objet_uuid", "-cree_le"], name="journal_par_objet")]

    def __str__(self) -> str:
        return f"{self.action} {self.objet_uuid}"
