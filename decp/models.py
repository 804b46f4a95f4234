from django.conf import settings
from django.db import models
from django.urls import reverse

from decp.enums import EtatLecture, StatutAvis, TypeContrat
from decp.querysets import AvisDecpQuerySet, ImportDecpQuerySet
from marches.enums import Nature
from marches.models import Marche
from socle.bornes import TERME
from socle.modeles import ChampJour, ModeleIdentifie
from socle.models import Document
from socle.plis import ChampPlie
from socle.texte import plier, sans_numero_national


class AvisDecp(ModeleIdentifie):
    """Un marché notifié, lu dans les données publiques du territoire : une proposition, jamais une écriture d'office."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="+")
    contrat = models.CharField("contrat", max_length=10, choices=TypeContrat, default=TypeContrat.MARCHE)
    acheteur_siret = models.CharField("SIRET de l'acheteur", max_length=14)
    acheteur_nom = models.CharField("acheteur", max_length=200, blank=True)
    identifiant = models.CharField("identifiant", max_length=60)
    objet = models.CharField("objet", max_length=1000)
    texte_plie = ChampPlie(max_length=1300)
    nature = models.CharField("nature", max_length=12, choices=Nature, blank=True)
    cpv = models.CharField("code CPV", max_length=8, blank=True)
    montant = models.DecimalField("montant HT", max_digits=14, decimal_places=2, null=True, blank=True)
    duree_mois = models.PositiveSmallIntegerField("durée (mois)", null=True, blank=True)
    date_notification = ChampJour("notifié le", null=True, blank=True)
    lieu_code = models.CharField("lieu", max_length=10, blank=True)
    lieu_type = models.CharField("type de lieu", max_length=15, blank=True)
    lieu_nom = models.CharField("nom du lieu", max_length=120, blank=True)
    titulaires = models.JSONField("titulaires", default=list, blank=True)
    considerations = models.JSONField("considérations sociales", default=list, blank=True)
    sociale = models.BooleanField("considération sociale", default=False)
    avertissements = models.JSONField("valeurs illisibles", default=list, blank=True)
    modifications_a_venir = models.JSONField("modifications à venir", default=list, blank=True)
    prochaine_modification_le = ChampJour("prochaine modification le", bornes=TERME, null=True, blank=True)
    statut = models.CharField("statut", max_length=10, choices=StatutAvis, default=StatutAvis.A_EXAMINER)
    motif = models.CharField("motif", max_length=200, blank=True, validators=[sans_numero_national])
    marche = models.ForeignKey(Marche, on_delete=models.SET_NULL, null=True, blank=True, related_name="avis_decp")

    objects = AvisDecpQuerySet.as_manager()

    class Meta:
        verbose_name = "avis DECP"
        verbose_name_plural = "avis DECP"
        ordering = [models.F("date_notification").desc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(fields=["structure", "acheteur_siret", "identifiant"], name="avis_decp_unique")
        ]
        indexes = [models.Index(fields=["structure", "statut", "sociale"], name="avis_decp_a_examiner")]

    def __str__(self) -> str:
        return f"{self.identifiant} · {self.objet[:80]}"

    def save(self, *args, **kwargs):
        self.texte_plie = texte_cherche(self)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("decp:avis", args=[self.uuid])

    @property
    def acheteur(self) -> str:
        return self.acheteur_nom or self.acheteur_siret


def texte_cherche(avis: AvisDecp) -> str:
    return plier(f"{avis.identifiant} {avis.objet} {avis.acheteur_nom}")[:1300]


class ImportDecp(ModeleIdentifie):
    """Un fichier de données essentielles déposé à l'écran ; la file le lit, son rapport reste, le fichier s'efface."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="+")
    depose_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    nom_fichier = models.CharField("nom du fichier", max_length=150)
    fichier = models.FileField("fichier", upload_to="decp/%Y/%m", blank=True, max_length=200)
    a_blanc = models.BooleanField("essai, sans rien enregistrer", default=False)
    rapport = models.JSONField("rapport", default=dict, blank=True)
    document = models.OneToOneField(
        Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="import_decp"
    )

    objects = ImportDecpQuerySet.as_manager()

    class Meta:
        verbose_name = "import DECP"
        ordering = ["-cree_le", "-pk"]

    def __str__(self) -> str:
        return f"import {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("decp:import", args=[self.uuid])

    @property
    def lecture(self) -> EtatLecture:
        if self.rapport.get("interruption"):
            return EtatLecture.EN_PARTIE if self.rapport.get("lus") else EtatLecture.ILLISIBLE
        return EtatLecture.AVEC_REFUS if self.rapport.get("refuses") else EtatLecture.LU
