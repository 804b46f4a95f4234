from typing import Self

from django.db.models import Q

from socle.querysets import QuerySetDomaine


class AppellationQuerySet(QuerySetDomaine):
    """Les noms publics, et ceux que chaque structure ajoute pour elle."""

    def visibles_par(self, acteur) -> Self:
        return self.none() if acteur is None else self.connues_de(acteur.organisation)

    def connues_de(self, structure) -> Self:
        return self.filter(Q(structure=None) | Q(structure=structure)) if structure else self.filter(structure=None)

    def ajoutees_par(self, structure) -> Self:
        return self.filter(structure=structure)
