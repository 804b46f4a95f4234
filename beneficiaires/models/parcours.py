from django.conf import settings
from django.db import models
from django.utils import timezone

from beneficiaires.enums import GenreNote
from beneficiaires.models.beneficiaire import Beneficiaire
from beneficiaires.querysets import NoteParcoursQuerySet
from socle.bornes import FAIT
from socle.modeles import ChampJour, ModeleIdentifie
from socle.texte import sans_numero_national


class NoteParcours(ModeleIdentifie):
    """Un moment du parcours d'une personne : entretien, visite, formation mobilisée, échange. Rien sur la santé."""

    beneficiaire = models.ForeignKey(Beneficiaire, on_delete=models.CASCADE, related_name="notes_parcours")
    organisation = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    genre = models.CharField("genre", max_length=12, choices=GenreNote, default=GenreNote.ECHANGE)
    jour = ChampJour("le", bornes=FAIT, default=timezone.localdate)
    texte = models.TextField("note", max_length=2000, validators=[sans_numero_national])
    partagee = models.BooleanField("partagée avec le prescripteur", default=True)

    objects = NoteParcoursQuerySet.as_manager()

    class Meta:
        verbose_name = "note de parcours"
        ordering = ["-jour", "-pk"]

    def __str__(self) -> str:
        return f"note {self.uuid}"

    def get_absolute_url(self) -> str:
        return self.beneficiaire.get_absolute_url()
