from django.conf import settings
from django.db import models
from django.urls import reverse

from beneficiaires.models import Beneficiaire
from parcours.querysets import DemandeNouvellesQuerySet
from socle.modeles import ModeleIdentifie
from socle.texte import sans_numero_national


class DemandeNouvelles(ModeleIdentifie):
    """La structure demande des nouvelles d'une personne à qui l'a orientée. Une seule demande ouverte à la fois."""

    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="demandes_nouvelles")
    organisation = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    demandee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reponse = models.TextField("nouvelles", max_length=1000, blank=True, validators=[sans_numero_national])
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)

    objects = DemandeNouvellesQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de nouvelles"
        ordering = ["-cree_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["beneficiaire"],
                condition=models.Q(repondue_le__isnull=True),
                name="demande_nouvelles_ouverte_unique",
                violation_error_message="Une demande est déjà en cours pour cette personne.",
            )
        ]

    def __str__(self) -> str:
        return f"demande {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("suivi:reperage")
