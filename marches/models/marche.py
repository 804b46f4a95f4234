import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from marches.enums import FormationComptee, Forme, Nature, Periodicite, StatutMarche, TypeClause
from marches.models.maitre_ouvrage import MaitreOuvrage
from marches.models.operation import Operation
from marches.querysets import DuMarcheQuerySet, MarcheQuerySet
from socle.bornes import TERME
from socle.contraintes import UniqueArchiveComprise
from socle.modeles import ChampJour, ModeleArchivable, ModeleIdentifie
from socle.nombres import en_chiffres
from socle.plis import ChampPlie
from socle.texte import plier, sans_numero_national


class Marche(ModeleArchivable):
    """Un contrat qui porte une clause sociale, suivi par une structure facilitatrice."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField("référence", max_length=60)
    objet = models.CharField("objet", max_length=300)
    texte_plie = ChampPlie(max_length=370)
    maitre_ouvrage = models.ForeignKey(
        MaitreOuvrage, on_delete=models.PROTECT, related_name="marches", verbose_name="maître d'ouvrage"
    )
    operation = models.ForeignKey(
        Operation, on_delete=models.SET_NULL, null=True, blank=True, related_name="marches", verbose_name="opération"
    )
    nature = models.CharField("nature", max_length=12, choices=Nature)
    type_clause = models.CharField("type de clause", max_length=20, choices=TypeClause)
    forme = models.CharField("forme", max_length=14, choices=Forme, default=Forme.MARCHE)
    identifiant_decp = models.CharField("identifiant DECP", max_length=40, blank=True)
    commune = models.ForeignKey(
        "territoires.Commune",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="commune d'exécution",
    )
    facilitateur = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="facilitateur chargé du marché",
    )
    publics_vises = models.JSONField("publics visés", default=list, blank=True)
    penalite_par_heure = models.DecimalField(
        "pénalité par heure manquante",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    penalite_par_jour = models.DecimalField(
        "pénalité par jour de retard",
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    mise_en_demeure_prealable = models.BooleanField(
        "les jours de retard ne courent qu'après une mise en demeure",
        default=True,
        help_text="Comme l'annexe « Pénalités » l'écrit. Décoché : ils courent dès l'échéance.",
    )
    duree_eligibilite_mois = models.PositiveSmallIntegerField(
        "durée d'éligibilité propre au marché (mois)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text="Vide : la durée réglée pour la structure.",
    )
    interruption_eligibilite_mois = models.PositiveSmallIntegerField(
        "nouvelle période après une interruption, propre au marché (mois)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text="Temps sans contrat de clause après lequel une embauche rouvre l'éligibilité. Vide : celui de la structure.",
    )
    regle_cdi_mois = models.PositiveSmallIntegerField(
        "règle des CDI (mois)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text="Heures d'un CDI comptées pendant le marché, au plus ce nombre de mois (48 dans certains CCAP). Vide : aucune.",
    )
    formation_comptee = models.CharField(
        "heures de formation",
        max_length=9,
        choices=FormationComptee,
        default=FormationComptee.NON,
        help_text="Ce que le marché retient des heures d'école ou de formation. Un mois déjà validé ne bouge pas.",
    )
    plafond_formation = models.DecimalField(
        "plafond des heures de formation (%)",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="En part des heures dues par l'entreprise sur le lot.",
    )
    periodicite = models.CharField(
        "déclaration des heures", max_length=13, choices=Periodicite, default=Periodicite.MENSUELLE
    )
    code_avant_noms = models.BooleanField(
        "demander un code avant de montrer des noms",
        default=False,
        help_text="Entrée par le lien d'un courriel, l'entreprise reçoit un code à six chiffres avant de voir ses salariés.",
    )
    justificatif_demande = models.BooleanField(
        "demander un justificatif chaque mois",
        default=False,
        help_text="Un relevé d'heures ou un bulletin se joint à la déclaration ; son absence est signalée, sans bloquer.",
    )
    date_consultation = ChampJour("date de la consultation", null=True, blank=True)
    montant_ht = models.DecimalField(
        "montant HT", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    date_notification = ChampJour("date de notification", null=True, blank=True)
    debut = ChampJour("début d'exécution")
    fin_prevue = ChampJour("fin prévue", bornes=TERME)
    fin_reelle = ChampJour("fin réelle", bornes=TERME, null=True, blank=True)
    statut = models.CharField("statut", max_length=12, choices=StatutMarche, default=StatutMarche.REPERE)
    notes = models.TextField("notes", blank=True, validators=[sans_numero_national])

    objects = MarcheQuerySet.as_manager()
    historique = HistoricalRecords()

    class Meta:
        verbose_name = "marché"
        ordering = ["-debut", "reference", "pk"]
        constraints = [
            UniqueArchiveComprise(
                fields=["structure", "reference"],
                name="marche_reference_unique",
                violation_error_message="Un marché porte déjà cette référence.",
                violation_error_code="champ:reference",
                si_archive="Le marché %(reference)s existe, archivé : sortez-le de l'archive, ou prenez une autre référence.",
            ),
            models.CheckConstraint(
                condition=Q(fin_prevue__gte=F("debut")),
                name="marche_fin_prevue_apres_debut",
                violation_error_message="La fin prévue précède le début.",
                violation_error_code="champ:fin_prevue",
            ),
            models.CheckConstraint(
                condition=Q(fin_reelle__isnull=True) | Q(fin_reelle__gte=F("debut")),
                name="marche_fin_reelle_apres_debut",
                violation_error_message="La fin réelle précède le début.",
                violation_error_code="champ:fin_reelle",
            ),
            models.CheckConstraint(
                condition=Q(montant_ht__isnull=True) | Q(montant_ht__gte=0),
                name="marche_montant_positif",
                violation_error_message="Le montant ne peut pas être négatif.",
                violation_error_code="champ:montant_ht",
            ),
            models.CheckConstraint(
                condition=~Q(formation_comptee="plafonnee") | Q(plafond_formation__isnull=False),
                name="marche_plafond_de_formation",
                violation_error_message="Donnez le plafond, en pour cent des heures dues.",
                violation_error_code="champ:plafond_formation",
            ),
        ]
        indexes = [models.Index(fields=["structure", "statut", "debut"], name="marche_par_structure")]

    def __str__(self) -> str:
        return f"{self.reference} · {self.objet}"

    def save(self, *args, **kwargs):
        self.texte_plie = plier(f"{self.reference} {self.objet}")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("marches:fiche", args=[self.uuid])

    @property
    def date_du_droit(self) -> datetime.date:
        """La date dont le droit s'applique : celle de la consultation, sinon de la notification, sinon du début."""
        return self.date_consultation or self.date_notification or self.debut

    @property
    def fin(self) -> datetime.date:
        """La fin réelle si elle est connue, sinon la prévue."""
        return self.fin_reelle or self.fin_prevue

    def hors_de_ses_dates(self, debut: datetime.date, fin: datetime.date | None) -> str:
        """Ce qu'une période a hors de l'exécution, en une phrase ; vide si elle y tient. Sans fin, seul le début se compare."""
        if self.debut <= debut <= self.fin and (fin is None or fin <= self.fin):
            return ""
        dehors = "commence avant" if debut < self.debut else "commence après" if debut > self.fin else "finit après"
        return f"{dehors} le marché, qui court du {en_chiffres(self.debut)} au {en_chiffres(self.fin)} : vérifiez les dates"


class Suspension(ModeleIdentifie):
    """Un arrêt de l'exécution d'un commun accord, daté et motivé ; sans fin, elle court encore."""

    marche = models.ForeignKey(Marche, on_delete=models.PROTECT, related_name="suspensions")
    du = ChampJour("du")
    au = ChampJour("au", bornes=TERME, null=True, blank=True)
    motif = models.CharField("motif", max_length=300)

    objects = DuMarcheQuerySet.as_manager()

    class Meta:
        verbose_name = "suspension"
        ordering = ["-du", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(au__isnull=True) | Q(au__gte=F("du")),
                name="suspension_fin_apres_debut",
                violation_error_message="La reprise précède la suspension.",
                violation_error_code="champ:au",
            ),
            models.UniqueConstraint(
                fields=["marche"],
                condition=Q(au__isnull=True),
                name="suspension_en_cours_unique",
                violation_error_message="Ce marché est déjà suspendu.",
            ),
        ]

    def __str__(self) -> str:
        return f"suspension {self.uuid}"
