from comptes.enums import Role
from reporting.enums import StatutBilan
from socle.enums import EtatDocument
from socle.querysets import QuerySetDomaine


class BilanQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """La structure voit tous ses bilans ; un financeur ou un réseau, ceux qui lui ont été publiés, document prêt."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.filter(structure=acteur.organisation)
        if acteur.role in (Role.FINANCEUR, Role.RESEAU):
            return self.publies().prets().filter(destinataires=acteur.organisation)
        return self.none()

    def publies(self):
        """Publiés un jour : la version remplacée reste lisible de ceux qui l'ont reçue."""
        return self.filter(statut__in=[StatutBilan.PUBLIE, StatutBilan.REMPLACE])

    def prets(self):
        """Dont le document se télécharge : une publication n'est faite qu'à ce moment-là."""
        return self.filter(document__etat=EtatDocument.PRET)
