from django.db import models

from comptes.enums import Role
from comptes.querysets import ContactQuerySet, ReferentielQuerySet


class EntrepriseQuerySet(ReferentielQuerySet):
    hors_portee = "Cette entreprise n'est pas suivie par votre structure."
    role = Role.ENTREPRISE

    def visibles_par(self, acteur):
        """Un facilitateur voit les entreprises que sa structure suit ; une entreprise, elle-même."""
        return super().visibles_par(acteur)


class ContactEntrepriseQuerySet(ContactQuerySet):
    hors_portee = "Ce contact n'est pas de cette entreprise."

    def joignables(self) -> models.QuerySet:
        """Ceux à qui l'on peut écrire : une adresse, qui reçoit."""
        return self.actifs().filter(courriel_en_erreur_le__isnull=True).exclude(courriel="")
