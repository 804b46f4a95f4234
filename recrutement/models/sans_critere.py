"""Pourquoi les heures d'une personne sans critère comptent quand même : dit, daté, signé."""

from django.conf import settings
from django.db import models

from recrutement.models.contrat import Contrat
from recrutement.querysets import DuContratQuerySet
from socle.modeles import ChampJour, ModeleIdentifie
from socle.texte import sans_numero_national


class MotifSansCritere(ModeleIdentifie):
    """Le motif que la structure consigne pour compter les heures d'un contrat dont la personne n'a aucun critère.

    L'acheteur et l'entreprise le lisent sur l'attestation : il ne nomme personne. L'anonymisation l'efface, la trace reste.
    """

    contrat = models.OneToOneField(Contrat, on_delete=models.PROTECT, related_name="sans_critere")
    motif = models.CharField(
        "motif de compter des heures sans critère", max_length=300, blank=True, validators=[sans_numero_national]
    )
    consigne_le = ChampJour("consigné le", editable=False)
    consigne_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    objects = DuContratQuerySet.as_manager()

    class Meta:
        verbose_name = "motif de compter des heures sans critère"

    def __str__(self) -> str:
        return f"motif sans critère {self.uuid}"

    def get_absolute_url(self) -> str:
        return self.contrat.get_absolute_url()
