from django.db.models import Q

from socle.querysets import QuerySetArchivable, QuerySetDomaine


class BeneficiaireQuerySet(QuerySetArchivable):
    def visibles_par(self, acteur):
        """Le dossier d'une personne appartient à une structure : seuls ses facilitateurs l'ouvrent."""
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)


class FaitDateQuerySet(QuerySetDomaine):
    """Les faits datés d'un dossier (critère, niveau, inscription, domicile)."""

    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(beneficiaire__structure=acteur.organisation)

    def valides_le(self, jour):
        return self.filter(Q(depuis__isnull=True) | Q(depuis__lte=jour), Q(jusqu_a__isnull=True) | Q(jusqu_a__gte=jour))
