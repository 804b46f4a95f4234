"""Ce qui se dépose pour être repris : un classeur avec son rapport, ou la liste de personnes d'un prescripteur."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from beneficiaires.models import Beneficiaire
from reprise.enums import EtatBrouillon, EtatReprise
from reprise.querysets import BrouillonQuerySet, CorrespondanceQuerySet, ListeConfieeQuerySet, RepriseQuerySet
from socle.modeles import ModeleIdentifie
from socle.models import Document
from socle.plis import ChampPlie
from socle.texte import plier


class Reprise(ModeleIdentifie):
    """Un classeur déposé. La file l'analyse, puis l'applique ; chaque passage est un document : le rapport à télécharger."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    deposee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    nom_fichier = models.CharField("nom du fichier", max_length=150)
    fichier = models.FileField("fichier", upload_to="reprises/%Y/%m", blank=True, max_length=200)
    taille = models.PositiveBigIntegerField("taille (octets)", default=0)
    expire_le = models.DateTimeField("fichier effacé le")
    etat = models.CharField("état", max_length=12, choices=EtatReprise, default=EtatReprise.ANALYSE)
    rapport = models.JSONField("rapport", default=dict, blank=True)
    choix = models.JSONField("feuilles et colonnes choisies", null=True, blank=True)
    corrections = models.JSONField("corrections faites à l'écran", default=dict, blank=True)
    analyse = models.OneToOneField(
        Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="reprise_analysee"
    )
    application = models.OneToOneField(
        Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="reprise_appliquee"
    )
    appliquee_le = models.DateTimeField("reprise faite le", null=True, blank=True)

    objects = RepriseQuerySet.as_manager()

    class Meta:
        verbose_name = "reprise"
        ordering = ["-cree_le", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(etat=EtatReprise.FAITE, appliquee_le__isnull=False)
                | (~models.Q(etat=EtatReprise.FAITE) & models.Q(appliquee_le__isnull=True)),
                name="reprise_faite_datee",
                violation_error_message="Une reprise faite porte sa date, et elle seule.",
            ),
        ]

    def __str__(self) -> str:
        return f"reprise {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("reprise:fiche", args=[self.uuid])

    @property
    def travail(self) -> Document | None:
        """Le passage en cours ou le dernier fait : celui dont la page montre l'avancement."""
        return self.application or self.analyse

    @property
    def est_en_route(self) -> bool:
        return self.etat in (EtatReprise.ANALYSE, EtatReprise.APPLICATION)


class Correspondance(ModeleIdentifie):
    """Ce qu'une structure a choisi pour ses feuilles et ses titres : son prochain classeur se lit tout seul."""

    structure = models.OneToOneField(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="+")
    feuilles = models.JSONField("feuille remplie par chaque feuille déposée", default=dict, blank=True)
    titres = models.JSONField("colonne dite par chaque titre", default=dict, blank=True)

    objects = CorrespondanceQuerySet.as_manager()

    class Meta:
        verbose_name = "correspondance de classeur"
        verbose_name_plural = "correspondances de classeurs"

    def __str__(self) -> str:
        return f"correspondance {self.uuid}"


class ListeConfiee(ModeleIdentifie):
    """Des personnes qu'un prescripteur confie d'un coup. Le fichier n'est pas gardé : ses lignes sont des brouillons."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    prescripteur = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    deposee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    nom_fichier = models.CharField("nom du fichier", max_length=150)
    nom_fichier_plie = ChampPlie(max_length=180, default="")
    colonnes_ignorees = models.JSONField("colonnes non lues", default=list, blank=True)
    expire_le = models.DateTimeField("brouillons effacés le")
    versement = models.OneToOneField(
        Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="liste_versee"
    )

    objects = ListeConfieeQuerySet.as_manager()

    class Meta:
        verbose_name = "liste confiée"
        ordering = ["-cree_le", "-pk"]

    def __str__(self) -> str:
        return f"liste {self.uuid}"

    def save(self, *args, **kwargs):
        self.nom_fichier_plie = plier(self.nom_fichier)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("reprise:liste_confiee", args=[self.uuid])


class PersonneBrouillon(ModeleIdentifie):
    """Une ligne de la liste, telle que tapée : elle se corrige, s'écarte, ou devient un dossier, une seule fois."""

    liste = models.ForeignKey(ListeConfiee, on_delete=models.CASCADE, related_name="brouillons")
    ligne = models.PositiveIntegerField("ligne du fichier")
    donnees = models.JSONField("ce que dit la ligne", default=dict)
    erreurs = models.JSONField("ce qui ne va pas", default=dict, blank=True)
    etat = models.CharField("état", max_length=12, choices=EtatBrouillon, default=EtatBrouillon.A_CORRIGER)
    personne = models.ForeignKey(Beneficiaire, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = BrouillonQuerySet.as_manager()

    class Meta:
        verbose_name = "brouillon de personne"
        ordering = ["ligne", "pk"]
        constraints = [models.UniqueConstraint(fields=["liste", "ligne"], name="brouillon_unique_par_ligne")]

    def __str__(self) -> str:
        return f"brouillon {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("reprise:brouillon", args=[self.uuid])
