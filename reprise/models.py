"""Une reprise déposée à l'écran : son fichier, gardé quelques jours, et le rapport de son analyse."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from reprise.enums import EtatReprise
from reprise.querysets import RepriseQuerySet
from socle.modeles import ModeleSuivi
from socle.models import Document


class Reprise(ModeleSuivi):
    """Un classeur déposé. La file l'analyse, puis l'applique ; chaque passage est un document : le rapport à télécharger."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    deposee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    nom_fichier = models.CharField("nom du fichier", max_length=150)
    fichier = models.FileField("fichier", upload_to="reprises/%Y/%m", blank=True, max_length=200)
    taille = models.PositiveBigIntegerField("taille (octets)", default=0)
    expire_le = models.DateTimeField("fichier effacé le")
    etat = models.CharField("état", max_length=12, choices=EtatReprise, default=EtatReprise.ANALYSE)
    rapport = models.JSONField("rapport", default=dict, blank=True)
    analyse = models.OneToOneField(
        Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="reprise_analysee"
    )
    application = models.OneToOneField(
        Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="reprise_appliquee"
    )
    appliquee_le = models.DateTimeField("reprise faite le", null=True, blank=True)

    objects = RepriseQuerySet.as_manager()

    class Meta:
        verbose_name = "reprise"
        ordering = ["-cree_le", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(etat=EtatReprise.FAITE, appliquee_le__isnull=False)
                | (~models.Q(etat=EtatReprise.FAITE) & models.Q(appliquee_le__isnull=True)),
                name="reprise_faite_datee",
                violation_error_message="Une reprise faite porte sa date, et elle seule.",
            ),
        ]

    def __str__(self) -> str:
        return f"reprise {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("reprise:fiche", args=[self.uuid])

    @property
    def travail(self) -> Document | None:
        """Le passage en cours ou le dernier fait : celui dont la page montre l'avancement."""
        return self.application or self.analyse

    @property
    def est_en_route(self) -> bool:
        return self.etat in (EtatReprise.ANALYSE, EtatReprise.APPLICATION)
