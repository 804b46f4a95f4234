"""La base de tout QuerySet du domaine : rien n'est visible tant que la portée n'est pas écrite."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import fetch_modes


class QuerySetDomaine(models.QuerySet):
    """QuerySet à portée : `visibles_par` rend `none()` tant qu'une sous-classe n'a pas dit qui voit quoi."""

    model: Any  # écrit au-dessus de ses querysets, qui ne peuvent pas le nommer

    # Ce que lit, à côté du champ, qui choisit un objet hors de sa portée.
    hors_portee = "Choisissez parmi ce que vous suivez."

    def visibles_par(self, acteur) -> Self:
        return self.none()

    def pour_lecture(self) -> Self:
        """Mode de chargement des listes et rapports : une relation oubliée échoue en test, se charge par lot en production."""
        return self.fetch_mode(getattr(fetch_modes, settings.MODE_DE_CHARGEMENT))


class QuerySetArchivable(QuerySetDomaine):
    def actifs(self) -> Self:
        return self.filter(archive_le__isnull=True)

    def archives(self) -> Self:
        return self.filter(archive_le__isnull=False)
