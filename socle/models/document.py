import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from socle.enums import EtatDocument
from socle.modeles import ModeleIdentifie
from socle.querysets import QuerySetDomaine


class DocumentQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur):
        """Les documents de l'organisation de l'acteur ; ce qui est publié à d'autres passe par l'objet publié."""
        if acteur is None or acteur.organisation is None:
            return self.none()
        siens = self.filter(organisation=acteur.organisation)
        # Un compte que personne n'a confirmé ne lit pas ce que d'autres membres ont demandé sur d'autres dossiers.
        return siens if acteur.structures is None else siens.filter(demandeur=acteur.utilisateur)


class Document(ModeleIdentifie):
    """Un fichier fabriqué par la file de travaux : la ligne naît d'abord, la tâche la remplit, l'expiration la vide."""

    TENTATIVES_MAX = 3

    organisation = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    demandeur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    genre = models.CharField("genre", max_length=40)
    titre = models.CharField("titre", max_length=200)
    nom_fichier = models.CharField("nom du fichier", max_length=150)
    parametres = models.JSONField("paramètres", default=dict, blank=True)
    etat = models.CharField("état", max_length=12, choices=EtatDocument, default=EtatDocument.EN_ATTENTE)
    progression = models.PositiveSmallIntegerField("progression (%)", default=0, validators=[MaxValueValidator(100)])
    etape = models.CharField("étape en cours", max_length=120, blank=True)
    message = models.TextField("message", blank=True)
    fichier = models.FileField("fichier", upload_to="%Y/%m", blank=True, max_length=200)
    taille = models.PositiveBigIntegerField("taille (octets)", default=0)
    empreinte = models.CharField("empreinte SHA-256", max_length=64, blank=True)
    tentatives = models.PositiveSmallIntegerField("tentatives", default=0)
    pris_jusqu_a = models.DateTimeField("pris jusqu'à", null=True, blank=True)
    expire_le = models.DateTimeField("expire le", null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "document"
        ordering = ["-cree_le", "-id"]
        indexes = [models.Index(fields=["organisation", "-cree_le"], name="document_par_organisation")]

    def __str__(self) -> str:
        return f"document {self.genre} {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("document", args=[self.uuid])

    @property
    def est_pret(self) -> bool:
        return self.etat == EtatDocument.PRET and bool(self.fichier)

    @property
    def est_en_route(self) -> bool:
        return self.etat in (EtatDocument.EN_ATTENTE, EtatDocument.EN_COURS)

    @property
    def fichier_manque(self) -> bool:
        """Dit prêt, mais son fichier n'est plus sur le disque : une base restaurée sans ses fichiers."""
        return self.est_pret and not self.fichier.storage.exists(str(self.fichier.name))

    @property
    def incident(self) -> str:
        """Ce que la page dit d'un travail en route qu'il a fallu interrompre ou recommencer ; vide si tout va bien."""
        if self.etat == EtatDocument.EN_COURS and self.pris_jusqu_a and self.pris_jusqu_a < timezone.now():
            return self._interrompu(timezone.now() - self.pris_jusqu_a)
        if self.etat == EtatDocument.EN_ATTENTE and self.tentatives:
            motif = self.message or "L'essai précédent n'a pas abouti."
            return f"{motif} Un nouvel essai commence dès que la file le permet, d'ordinaire en moins d'une minute."
        if self.etat == EtatDocument.EN_COURS and self.tentatives > 1:
            return (
                "L'essai précédent n'a pas abouti : le travail a repris du début "
                f"(essai {self.tentatives} sur {self.TENTATIVES_MAX})."
            )
        return ""

    def _interrompu(self, depuis: datetime.timedelta) -> str:
        if depuis > datetime.timedelta(minutes=3):
            return "Le travail s'est interrompu et sa reprise tarde : prévenez l'administrateur."
        return "Le travail s'est interrompu. Il reprend tout seul, d'ordinaire en moins d'une minute."
