from django.db import models

from comptes.models.organisation import Adhesion
from comptes.querysets import AbonnementAgendaQuerySet
from socle.modeles import ModeleIdentifie


class AbonnementAgenda(ModeleIdentifie):
    """Le lien secret par lequel un agenda personnel se lit ailleurs. Seule son empreinte est gardée ; il se révoque."""

    adhesion = models.ForeignKey(Adhesion, on_delete=models.CASCADE, related_name="abonnements_agenda")
    empreinte_jeton = models.CharField("empreinte du jeton", max_length=64, unique=True, editable=False)
    revoque_le = models.DateTimeField("révoqué le", null=True, blank=True)

    objects = AbonnementAgendaQuerySet.as_manager()

    class Meta:
        verbose_name = "abonnement à l'agenda"
        constraints = [
            models.UniqueConstraint(
                fields=["adhesion"], condition=models.Q(revoque_le__isnull=True), name="abonnement_agenda_unique"
            )
        ]

    def __str__(self) -> str:
        return f"abonnement {self.uuid}"
