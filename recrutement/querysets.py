from django.db.models import Q
from django.db.models.functions import Coalesce

from socle.periodes import dernier_jour
from socle.querysets import QuerySetArchivable


class ContratQuerySet(QuerySetArchivable):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)

    def pendant_le_mois(self, mois):
        """Les contrats qui courent au moins un jour du mois."""
        return self.annotate(fin_retenue=Coalesce("fin_reelle", "fin_prevue")).filter(
            Q(fin_retenue__isnull=True) | Q(fin_retenue__gte=mois), debut__lte=dernier_jour(mois)
        )

    def avec_contexte(self):
        return self.select_related("beneficiaire", "employeur", "engagement__entreprise", "engagement__lot__marche")
