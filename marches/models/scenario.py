from typing import cast

from django.db import models
from django.db.models import Q

from marches.enums import Arrondi, Formule
from marches.models.lot import Lot
from marches.models.projet import ProjetAchat
from marches.querysets import ScenarioQuerySet
from socle.modeles import ModeleIdentifie


class Scenario(ModeleIdentifie):
    """Une façon de chiffrer l'effort d'un projet ou d'un lot : sa formule, ses valeurs, son résultat exact et arrondi."""

    projet = models.ForeignKey(ProjetAchat, on_delete=models.CASCADE, null=True, blank=True, related_name="scenarios")
    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, null=True, blank=True, related_name="scenarios")
    nom = models.CharField("nom", max_length=80)
    formule = models.CharField("formule", max_length=20, choices=Formule)
    parametres = models.JSONField("valeurs", default=dict)
    arrondi = models.CharField("arrondi", max_length=12, choices=Arrondi, default=Arrondi.PLUS_PROCHE)
    heures_exactes = models.DecimalField("heures exactes", max_digits=16, decimal_places=6)
    heures = models.DecimalField("heures", max_digits=12, decimal_places=0)
    retenu = models.BooleanField("retenu", default=False)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = "scénario"
        ordering = ["cree_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(projet__isnull=False) | Q(lot__isnull=False), name="scenario_d_un_projet_ou_d_un_lot"
            ),
            models.UniqueConstraint(
                fields=["projet"], condition=Q(retenu=True, projet__isnull=False), name="scenario_retenu_par_projet"
            ),
            models.UniqueConstraint(
                fields=["lot"], condition=Q(retenu=True, lot__isnull=False), name="scenario_retenu_par_lot"
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    def get_absolute_url(self) -> str:
        return cast(Lot | ProjetAchat, self.lot or self.projet).get_absolute_url()  # la base en exige un
