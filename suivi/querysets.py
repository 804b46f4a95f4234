from decimal import Decimal

from django.db.models import Sum

from socle.querysets import QuerySetDomaine
from suivi.enums import StatutDeclaration


class DeclarationQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(engagement__lot__marche__structure=acteur.organisation)

    def validees(self):
        return self.filter(statut=StatutDeclaration.VALIDEE)


class LigneHeuresQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(contrat__structure=acteur.organisation)

    def validees(self):
        """Les heures qui comptent : celles d'une déclaration validée, saisie ou reprise."""
        return self.filter(declaration__statut=StatutDeclaration.VALIDEE)

    def pendant(self, periode):
        """Le mois d'une heure est le mois travaillé."""
        return self.filter(mois__gte=periode.debut.replace(day=1), mois__lte=periode.fin)

    def total(self) -> Decimal:
        """SQLite somme en flottant : on ramène au centième, la précision stockée."""
        return Decimal(self.aggregate(total=Sum("heures"))["total"] or 0).quantize(Decimal("0.01"))
