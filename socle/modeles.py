"""Modèles abstraits : l'identifiant public, les dates de suivi, l'archivage."""

import uuid

from django.db import models

from socle.avis import Avis


class ModeleSuivi(models.Model):
    """Une ligne que l'on voit de dehors : son UUID fait les URL, jamais sa clé interne."""

    uuid = models.UUIDField("identifiant public", default=uuid.uuid4, unique=True, editable=False)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)
    modifie_le = models.DateTimeField("modifié le", auto_now=True)

    # À qui le service qui vient de rendre cette ligne l'a écrit : l'écran le dit, la base ne le garde pas.
    dit_a: Avis | None = None

    class Meta:
        abstract = True


class ModeleArchivable(ModeleSuivi):
    """On archive, on ne supprime pas : la ligne sort des listes, ses chiffres restent."""

    archive_le = models.DateTimeField("archivé le", null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def est_archive(self) -> bool:
        return self.archive_le is not None
