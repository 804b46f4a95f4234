from django.conf import settings
from django.db import models

from comptes.querysets import PropreAStructureQuerySet
from socle.modeles import ModeleArchivable
from socle.plis import ChampPlie
from socle.texte import plier, sans_numero_national
from socle.validateurs import valider_nom


class FicheDeStructure(ModeleArchivable):
    """Ce qu'une structure garde d'une ligne d'un référentiel commun : ses notes, son archivage. Les autres n'en voient rien."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    notes = models.TextField("notes", blank=True, validators=[sans_numero_national])

    objects = PropreAStructureQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"fiche {self.uuid}"


class Contact(ModeleArchivable):
    """Base : quelqu'un que l'on appelle, connu d'une seule structure. Qui en hérite porte la `fiche` où il est noté."""

    nom = models.CharField("nom", max_length=120, validators=[valider_nom])
    nom_plie = ChampPlie(max_length=120, default="")
    fonction = models.CharField("fonction", max_length=120, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)

    class Meta:
        abstract = True
        ordering = ["nom", "pk"]

    def __str__(self) -> str:
        return f"contact {self.uuid}"

    def save(self, *args, **kwargs):
        self.nom_plie = plier(self.nom)
        super().save(*args, **kwargs)
