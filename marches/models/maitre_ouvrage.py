from django.conf import settings
from django.db import models
from django.urls import reverse

from comptes.enums import TypeOrganisation
from comptes.models import AvecCompte, Contact, FicheDeStructure
from marches.enums import TypeMaitreOuvrage
from marches.querysets import ContactMaitreOuvrageQuerySet, MaitreOuvrageQuerySet
from socle.plis import ChampPlie
from socle.texte import plier
from socle.validateurs import valider_nom, valider_siret


class MaitreOuvrage(AvecCompte):
    """Un donneur d'ordre. Avec un SIRET il est commun à toutes les structures ; sans, il reste à celle qui l'a créé."""

    siret = models.CharField(
        "SIRET",
        max_length=14,
        unique=True,
        null=True,
        blank=True,
        validators=[valider_siret],
        error_messages={"unique": "Un maître d'ouvrage porte déjà ce SIRET."},
    )
    nom = models.CharField("nom", max_length=200, validators=[valider_nom])
    nom_plie = ChampPlie(max_length=200, db_index=True)
    type = models.CharField("type", max_length=24, choices=TypeMaitreOuvrage, default=TypeMaitreOuvrage.AUTRE)
    commune = models.ForeignKey(
        "territoires.Commune", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="commune"
    )
    organisation = models.OneToOneField(
        settings.ORGANISATION_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="maitre_ouvrage"
    )

    TYPE_DU_COMPTE = TypeOrganisation.MAITRE_OUVRAGE
    mention_hors_choix = "archivé"  # par la structure qui le suit : sa fiche en porte la date

    objects = MaitreOuvrageQuerySet.as_manager()

    class Meta:
        verbose_name = "maître d'ouvrage"
        ordering = ["nom_plie", "pk"]

    def __str__(self) -> str:
        return self.nom

    @property
    def nom_du_compte(self) -> str:
        return self.nom[:150]

    def save(self, *args, **kwargs):
        self.nom_plie = plier(self.nom)
        self.siret = self.siret or None  # une chaîne vide heurterait l'unicité
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("marches:maitre_ouvrage", args=[self.uuid])


class FicheMaitreOuvrage(FicheDeStructure):
    """Ce qu'une structure garde d'un maître d'ouvrage : ses notes, ses contacts, son archivage."""

    maitre_ouvrage = models.ForeignKey(MaitreOuvrage, on_delete=models.PROTECT, related_name="fiches")

    class Meta:
        verbose_name = "fiche maître d'ouvrage"
        constraints = [
            models.UniqueConstraint(fields=["structure", "maitre_ouvrage"], name="fiche_maitre_ouvrage_unique")
        ]


class ContactMaitreOuvrage(Contact):
    """Qui appeler chez un maître d'ouvrage, connu d'une structure."""

    fiche = models.ForeignKey(FicheMaitreOuvrage, on_delete=models.CASCADE, related_name="contacts")

    objects = ContactMaitreOuvrageQuerySet.as_manager()

    class Meta(Contact.Meta):
        verbose_name = "contact d'un maître d'ouvrage"

    def get_absolute_url(self) -> str:
        return self.fiche.maitre_ouvrage.get_absolute_url()
