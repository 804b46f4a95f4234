from django.db.models import Exists, OuterRef, Q

from comptes.enums import Role
from reporting.enums import StatutBilan
from socle.enums import EtatDocument
from socle.querysets import QuerySetDomaine


class BilanQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Qui les établit voit tous les siens ; qui les reçoit, la version en vigueur de ceux qui lui ont été remis, prête."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur or acteur.role == Role.RESEAU:
            recus = Q(statut=StatutBilan.PUBLIE, document__etat=EtatDocument.PRET)
            return self.filter(Q(structure=acteur.organisation) | recus & Exists(self._remis_a(acteur)))
        if acteur.role in (Role.FINANCEUR, Role.MAITRE_OUVRAGE):
            recus = self.filter(statut=StatutBilan.PUBLIE).prets().filter(Exists(self._remis_a(acteur)))
            return recus if acteur.structures is None else recus.filter(structure__in=acteur.structures)
        return self.none()

    def _remis_a(self, acteur):
        remises = self.model.destinataires.through.objects
        return remises.filter(bilan=OuterRef("pk"), organisation=acteur.organisation)

    def publies(self):
        """Publiés un jour : qui a reçu une version remplacée en garde peut-être le document."""
        return self.filter(statut__in=StatutBilan.sortis())

    def prets(self):
        """Dont le document se télécharge : une publication n'est faite qu'à ce moment-là."""
        return self.filter(document__etat=EtatDocument.PRET)
