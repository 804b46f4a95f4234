import datetime

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from marches.enums import Derogation, Forme, Nature, StatutProjet, Technicite, TypeAcheteur, TypeClause
from marches.models.corps_metier import CorpsMetier
from marches.models.maitre_ouvrage import MaitreOuvrage
from marches.models.marche import Marche
from marches.querysets import ProjetAchatQuerySet
from socle.modeles import ChampJour, ModeleArchivable
from socle.plis import ChampPlie
from socle.texte import plier, sans_numero_national


class ProjetAchat(ModeleArchivable):
    """Un achat à venir, étudié avant la consultation : la clause est-elle due, faisable, et y a-t-il des personnes ?"""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    maitre_ouvrage = models.ForeignKey(
        MaitreOuvrage, on_delete=models.PROTECT, related_name="projets", verbose_name="maître d'ouvrage"
    )
    objet = models.CharField("objet", max_length=300)
    texte_plie = ChampPlie(max_length=310)
    description = models.TextField("description", blank=True, validators=[sans_numero_national])
    nature = models.CharField("nature", max_length=12, choices=Nature)
    forme = models.CharField("forme", max_length=14, choices=Forme, default=Forme.MARCHE)
    type_acheteur = models.CharField(
        "acheteur au sens des seuils", max_length=14, choices=TypeAcheteur, default=TypeAcheteur.COLLECTIVITE
    )
    defense = models.BooleanField("marché de défense ou de sécurité", default=False)
    services_sociaux = models.BooleanField("services sociaux et autres services spécifiques", default=False)
    corps_metier = models.ForeignKey(
        CorpsMetier,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="projets",
        verbose_name="corps de métier",
    )
    technicite = models.CharField("technicité", max_length=8, choices=Technicite, default=Technicite.MOYENNE)
    montant_estime_ht = models.DecimalField(
        "montant estimé HT",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    duree_mois = models.PositiveSmallIntegerField(
        "durée prévue (mois)", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    date_publication = ChampJour("publication prévue", null=True, blank=True)
    date_notification = ChampJour("notification prévue", null=True, blank=True)
    commune = models.ForeignKey(
        "territoires.Commune",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="commune d'exécution",
    )
    type_clause = models.CharField("clause envisagée", max_length=20, choices=TypeClause, blank=True)
    statut = models.CharField("statut", max_length=8, choices=StatutProjet, default=StatutProjet.REPERE)
    motif_ecart = models.CharField("motif de l'écart", max_length=300, blank=True, validators=[sans_numero_national])
    derogation = models.CharField("dérogation invoquée", max_length=20, choices=Derogation, blank=True)
    motif_derogation = models.TextField("motif de la dérogation", blank=True, validators=[sans_numero_national])
    date_derogation = ChampJour("motif consigné le", null=True, blank=True)
    depose_par_acheteur = models.BooleanField("déposé par l'acheteur", default=False, editable=False)
    marche = models.OneToOneField(Marche, on_delete=models.PROTECT, null=True, blank=True, related_name="projet")

    objects = ProjetAchatQuerySet.as_manager()
    historique = HistoricalRecords()

    class Meta:
        verbose_name = "projet d'achat"
        verbose_name_plural = "projets d'achat"
        ordering = [models.F("date_notification").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(derogation="") | ~Q(motif_derogation=""),
                name="projet_derogation_motivee",
                violation_error_message="Écrivez le motif de la dérogation : il est conservé avec les pièces du marché.",
                violation_error_code="champ:motif_derogation",
            ),
            models.CheckConstraint(
                condition=~Q(statut="ecarte") | ~Q(motif_ecart=""),
                name="projet_ecart_motive",
                violation_error_message="Dites pourquoi le projet est écarté.",
                violation_error_code="champ:motif_ecart",
            ),
            models.CheckConstraint(
                condition=Q(statut="marche", marche__isnull=False) | (~Q(statut="marche") & Q(marche__isnull=True)),
                name="projet_marche_coherent",
                violation_error_message="Un projet devenu un marché porte ce marché, et lui seul.",
            ),
            models.CheckConstraint(
                condition=Q(montant_estime_ht__isnull=True) | Q(montant_estime_ht__gte=0),
                name="projet_montant_positif",
                violation_error_message="Le montant ne peut pas être négatif.",
                violation_error_code="champ:montant_estime_ht",
            ),
        ]
        indexes = [models.Index(fields=["structure", "statut"], name="projet_par_structure")]

    def __str__(self) -> str:
        return self.objet

    def save(self, *args, **kwargs):
        self.texte_plie = plier(self.objet)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("marches:projet", args=[self.uuid])

    def date_du_droit(self, aujourd_hui: datetime.date) -> datetime.date:
        """La date dont le droit s'applique : la publication prévue, à défaut aujourd'hui."""
        return self.date_publication or aujourd_hui
