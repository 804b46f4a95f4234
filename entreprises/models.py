"""Le référentiel des entreprises : un SIRET, une ligne pour toutes les structures ; notes et contacts restent à chacune."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from comptes.enums import TypeOrganisation
from comptes.models import AvecCompte, Contact, FicheDeStructure
from entreprises.enums import TypeEntreprise
from entreprises.querysets import ContactEntrepriseQuerySet, EntrepriseQuerySet
from socle.plis import ChampPlie
from socle.texte import plier
from socle.validateurs import valider_nom, valider_siret


class Entreprise(AvecCompte):
    """Un établissement qui s'engage ou qui emploie, connu par son SIRET."""

    siret = models.CharField(
        "SIRET",
        max_length=14,
        unique=True,
        validators=[valider_siret],
        error_messages={"unique": "Une entreprise porte déjà ce SIRET."},
    )
    raison_sociale = models.CharField("raison sociale", max_length=200, validators=[valider_nom])
    raison_sociale_pliee = ChampPlie(max_length=200, db_index=True)
    type = models.CharField("type", max_length=12, choices=TypeEntreprise, default=TypeEntreprise.CLASSIQUE)
    commune = models.ForeignKey(
        "territoires.Commune", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="commune"
    )
    organisation = models.OneToOneField(
        settings.ORGANISATION_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="entreprise"
    )

    TYPE_DU_COMPTE = TypeOrganisation.ENTREPRISE
    FEMININ = True
    mention_hors_choix = "archivée"  # par la structure qui la suit : sa fiche en porte la date

    objects = EntrepriseQuerySet.as_manager()

    class Meta:
        verbose_name = "entreprise"
        ordering = ["raison_sociale_pliee", "pk"]

    def __str__(self) -> str:
        return self.raison_sociale

    @property
    def nom_du_compte(self) -> str:
        return self.raison_sociale[:150]

    def save(self, *args, **kwargs):
        self.raison_sociale_pliee = plier(self.raison_sociale)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("entreprises:fiche", args=[self.uuid])


class FicheEntreprise(FicheDeStructure):
    """Ce qu'une structure garde d'une entreprise : ses notes, ses contacts, son archivage."""

    FEMININ = True

    entreprise = models.ForeignKey(Entreprise, on_delete=models.PROTECT, related_name="fiches")
    colonnes_d_heures = models.JSONField("colonnes de ses fichiers d'heures", default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = "fiche entreprise"
        constraints = [models.UniqueConstraint(fields=["structure", "entreprise"], name="fiche_entreprise_unique")]


class ContactEntreprise(Contact):
    """Un correspondant d'une entreprise, connu d'une structure."""

    fiche = models.ForeignKey(FicheEntreprise, on_delete=models.CASCADE, related_name="contacts")
    courriel_en_erreur_le = models.DateTimeField("courriel en erreur depuis le", null=True, blank=True, editable=False)

    objects = ContactEntrepriseQuerySet.as_manager()

    class Meta(Contact.Meta):
        verbose_name = "contact"

    @property
    def est_joignable(self) -> bool:
        """On peut lui écrire : une adresse, qui reçoit, et toujours en poste à notre connaissance."""
        return bool(self.courriel) and self.courriel_en_erreur_le is None and not self.est_archive

    def get_absolute_url(self) -> str:
        return self.fiche.entreprise.get_absolute_url()
