from django.db import models

from socle.modeles import ModeleIdentifie


class PassageTravail(ModeleIdentifie):
    """Le dernier passage d'un travail : quand il a commencé, quand il a fini, ce qu'il a rendu ou ce qui l'a arrêté.

    Une ligne par travail, réécrite à chaque passage : un travail périodique, une sauvegarde, un référentiel chargé.
    """

    travail = models.CharField("travail", max_length=120, unique=True)
    commence_le = models.DateTimeField("commencé le")
    fini_le = models.DateTimeField("fini le", null=True, blank=True)
    reussi_le = models.DateTimeField("réussi pour la dernière fois le", null=True, blank=True)
    compte = models.BigIntegerField("ce qu'il a traité", null=True, blank=True)
    erreur = models.CharField("genre d'erreur", max_length=80, blank=True)

    class Meta:
        verbose_name = "passage d'un travail"
        ordering = ["travail"]

    def __str__(self) -> str:
        return f"passage {self.travail}"

    @property
    def en_cours(self) -> bool:
        return self.fini_le is None
