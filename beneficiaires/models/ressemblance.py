from django.db import models

from beneficiaires.models.beneficiaire import Beneficiaire
from beneficiaires.querysets import RessemblanceQuerySet
from socle.modeles import ModeleIdentifie


class Ressemblance(ModeleIdentifie):
    """Deux dossiers d'une structure qui sont peut-être la même personne, quelle que soit la porte par où le second est entré.

    Un facilitateur tranche : il les fusionne, ou dit que ce sont deux personnes (`ecartee_le`), et on ne le lui redemande pas.
    """

    dossier = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="ressemblances")
    autre = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="+")
    ecartee_le = models.DateTimeField("dite sans suite le", null=True, blank=True, editable=False)

    objects = RessemblanceQuerySet.as_manager()

    class Meta:
        verbose_name = "ressemblance"
        ordering = ["-cree_le", "-pk"]
        constraints = [models.UniqueConstraint(fields=["dossier", "autre"], name="ressemblance_unique")]

    def __str__(self) -> str:
        return f"ressemblance {self.uuid}"

    def get_absolute_url(self) -> str:
        return self.dossier.get_absolute_url()
