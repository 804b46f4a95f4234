from django.db import models
from django.db.models import Exists, OuterRef

from comptes.enums import Role
from socle.querysets import QuerySetDomaine


class EntrepriseQuerySet(QuerySetDomaine):
    hors_portee = "Cette entreprise n'est pas suivie par votre structure."

    def visibles_par(self, acteur):
        """Un facilitateur voit les entreprises que sa structure suit ; une entreprise, elle-même."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        if acteur.est_facilitateur:
            return self.suivies_par(acteur.organisation)
        if acteur.role == Role.ENTREPRISE:
            return self.filter(organisation=acteur.organisation)
        return self.none()

    def suivies_par(self, structure, *, archivees: bool | None = None):
        """Les entreprises d'une structure ; `archivees` choisit celles qu'elle a archivées ou non."""
        fiches = self.model.fiches.rel.related_model.objects.filter(entreprise=OuterRef("pk"), structure=structure)
        if archivees is not None:
            fiches = fiches.filter(archive_le__isnull=not archivees)
        return self.filter(Exists(fiches))


class FicheEntrepriseQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(structure=acteur.organisation)


class ContactEntrepriseQuerySet(QuerySetDomaine):
    hors_portee = "Ce contact n'est pas de cette entreprise."

    def visibles_par(self, acteur):
        if acteur is None or not acteur.est_facilitateur:
            return self.none()
        return self.filter(fiche__structure=acteur.organisation)

    def actifs(self) -> models.QuerySet:
        return self.filter(archive_le__isnull=True)

    def joignables(self) -> models.QuerySet:
        """Ceux à qui l'on peut écrire : une adresse, qui reçoit."""
        return self.actifs().filter(courriel_en_erreur_le__isnull=True).exclude(courriel="")
