from django.urls import reverse

from comptes.models.utilisateur import Utilisateur
from comptes.querysets import CompteQuerySet


class Compte(Utilisateur):
    """Un compte tel que l'administrateur du service le tient : ouvert ou fermé, ses sessions, son second facteur."""

    objects = CompteQuerySet.as_manager()  # type: ignore[assignment,misc]  # la portée, que `Utilisateur` n'a pas

    class Meta:
        proxy = True
        verbose_name = "compte"
        ordering = ["nom", "prenom", "pk"]

    def get_absolute_url(self) -> str:
        return reverse("comptes:compte", args=[self.uuid])
