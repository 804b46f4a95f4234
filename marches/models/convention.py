"""La convention de globalisation : plusieurs maîtres d'ouvrage acceptent que des heures se fassent hors de leur chantier."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from comptes.querysets import PropreAStructureQuerySet
from marches.models.marche import Marche
from socle.bornes import TERME
from socle.contraintes import UniqueArchiveComprise
from socle.modeles import ChampJour, ModeleArchivable
from socle.plis import ChampPlie
from socle.texte import plier


class ConventionGlobalisation(ModeleArchivable):
    """Pour ses marchés et ses dates, une heure faite sur un autre chantier compte quand même."""

    FEMININ = True

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    intitule = models.CharField("intitulé", max_length=200)
    intitule_plie = ChampPlie(max_length=240, default="")
    debut = ChampJour("début")
    fin = ChampJour("fin", bornes=TERME)
    marches = models.ManyToManyField(Marche, related_name="conventions", verbose_name="marchés réunis")

    objects = PropreAStructureQuerySet.as_manager()

    class Meta:
        verbose_name = "convention de globalisation"
        ordering = ["-debut", "intitule", "pk"]
        constraints = [
            UniqueArchiveComprise(
                fields=["structure", "intitule"],
                name="convention_intitule_unique",
                violation_error_message="Une convention porte déjà cet intitulé.",
                violation_error_code="champ:intitule",
                si_archive="La convention « %(intitule)s » existe, archivée : sortez-la de l'archive, ou changez l'intitulé.",
            ),
            models.CheckConstraint(
                condition=Q(fin__gte=F("debut")),
                name="convention_fin_apres_debut",
                violation_error_message="La fin précède le début.",
                violation_error_code="champ:fin",
            ),
        ]

    def __str__(self) -> str:
        return self.intitule

    def save(self, *args, **kwargs):
        self.intitule_plie = plier(self.intitule)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("marches:convention", args=[self.uuid])

    def couvre_le_mois(self, mois: datetime.date) -> bool:
        """Vrai si la convention court au moins un jour du mois commencé à `mois`."""
        return self.debut.replace(day=1) <= mois <= self.fin
