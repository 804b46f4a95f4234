"""Ce que reporting possède : les bilans publiés et les réglages de leurs calculs."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from comptes.querysets import ParametreQuerySet
from marches.models import MaitreOuvrage, Marche, Operation
from reporting.anciens import a_jour
from reporting.donnees import DonneesBilan
from reporting.enums import Presentation, StatutBilan, Variante
from reporting.lecture import periodes
from reporting.querysets import BilanQuerySet
from reporting.variantes import MODELES
from socle.modeles import ChampJour, ModeleIdentifie
from socle.models import Document
from socle.periodes import Periode
from socle.regles import RegleViolee
from socle.texte import sans_numero_national

PREMIERE_ANNEE = 1990


def colonnes_par_defaut() -> list[str]:
    """Ce que les consolidations nationales demandent le plus : qui, et par quelle modalité."""
    return ["sexe", "age", "niveau", "modalite"]


class ReglagesBilan(ModeleIdentifie):
    """Les paramètres de calcul d'une structure. 1 600 h par ETP : diviseur des consolidations nationales (2021)."""

    structure = models.OneToOneField(
        settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="reglages_bilan"
    )
    heures_par_etp = models.DecimalField(
        "heures par équivalent temps plein",
        max_digits=6,
        decimal_places=2,
        default=Decimal(1600),
        validators=[MinValueValidator(1)],
        help_text="1 600 pour les consolidations nationales ; 1 607 (durée légale) ou 1 820 (heures payées) ailleurs.",
    )
    prepare_le_bilan = models.BooleanField("préparer d'office le bilan de l'année finie", default=True)
    jour_du_bilan = models.PositiveSmallIntegerField(
        "jour de janvier", default=5, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    # Un brouillon écarté ne revient pas de lui-même : l'année est notée, préparée ou non.
    annee_preparee = models.PositiveSmallIntegerField("dernière année préparée d'office", default=0, editable=False)
    # Un courriel à d'autres que la structure : elle le décide.
    envoie_le_point = models.BooleanField("écrire aux maîtres d'ouvrage chaque trimestre", default=False)

    colonnes_extrait = models.JSONField("colonnes de l'extrait national", default=colonnes_par_defaut, blank=True)

    objects = ParametreQuerySet.as_manager()

    class Meta:
        verbose_name = "réglages des bilans"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(jour_du_bilan__range=(1, 31)),
                name="reglages_bilan_jour_de_janvier",
                violation_error_message="Choisissez un jour de janvier, de 1 à 31.",
                violation_error_code="champ:jour_du_bilan",
            )
        ]

    def __str__(self) -> str:
        return f"{self.heures_par_etp} h par ETP"


class ObjectifAnnuel(ModeleIdentifie):
    """Ce qu'une structure vise dans une année pour un chiffre clé ; sans ligne, elle ne vise rien."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="objectifs")
    annee = models.PositiveSmallIntegerField("année")
    cle = models.CharField("chiffre clé", max_length=40)
    valeur = models.DecimalField("objectif", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "objectif annuel"
        ordering = ["annee", "cle", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "annee", "cle"],
                name="objectif_annuel_unique",
                violation_error_message="Ce chiffre a déjà un objectif cette année-là.",
            ),
            models.CheckConstraint(
                condition=models.Q(valeur__gt=0),
                name="objectif_annuel_positif",
                violation_error_message="Un objectif est plus grand que zéro ; sans objectif, laissez vide.",
                violation_error_code="champ:valeur",
            ),
        ]

    def __str__(self) -> str:
        return f"objectif {self.annee} : {self.cle}"


def nom_de_bilan(periode: Periode, variante: str, cible: str) -> str:
    """Sa période, puis ce qu'il regarde : sa cible, ou sa variante ; rien de plus pour toute la structure."""
    precision = cible or ("" if variante == Variante.STRUCTURE else Variante(variante).label)
    return f"Bilan {periodes.nommer(periode)}{f' · {precision}' if precision else ''}"


class Bilan(ModeleIdentifie):
    """Le bilan d'une période. Publié, il est figé avec ses données et leur empreinte ; une correction est une version.

    En préparation, `donnees` porte les chiffres exacts, pour la structure ; publié, les petits effectifs y sont masqués.
    Un réseau est la structure de ses bilans : ils réunissent celles qui travaillent avec lui.
    """

    # Ce qui a été remis ne se réécrit pas. `document` et `classeur` sont figés aussi : leur fichier se refait à l'identique.
    FIGES = (
        "uuid",
        "structure_id",
        "variante",
        "debut",
        "fin",
        "maitre_ouvrage_id",
        "operation_id",
        "marche_id",
        "version",
        "presentation",
        "textes",
        "motif",
        "donnees",
        "empreinte",
        "document_id",
        "classeur_id",
        "publie_le",
    )

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    variante = models.CharField("bilan", max_length=16, choices=Variante, default=Variante.STRUCTURE)
    debut = ChampJour("du")
    fin = ChampJour("au")
    maitre_ouvrage = models.ForeignKey(MaitreOuvrage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    marche = models.ForeignKey(Marche, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Le même bilan, quelle que soit sa version : variante, période, cible. Une base compte autrement les clés vides.
    cle = models.CharField(max_length=120, editable=False)
    version = models.PositiveSmallIntegerField("version", default=1)
    statut = models.CharField("statut", max_length=12, choices=StatutBilan, default=StatutBilan.BROUILLON)
    presentation = models.CharField("présentation", max_length=12, choices=Presentation, default=Presentation.EXACTE)
    textes = models.JSONField("textes écrits", default=dict, blank=True)
    motif = models.CharField("raison de cette version", max_length=300, blank=True, validators=[sans_numero_national])
    donnees = models.JSONField("données figées", default=dict, blank=True)
    empreinte = models.CharField("empreinte SHA-256 des données", max_length=64, blank=True, db_index=True)
    document = models.OneToOneField(Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="bilan")
    classeur = models.OneToOneField(Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    etabli_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    relu_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    publie_le = models.DateTimeField("publié le", null=True, blank=True)
    destinataires: models.ManyToManyField = models.ManyToManyField(
        settings.ORGANISATION_MODEL, blank=True, related_name="bilans_recus", verbose_name="destinataires"
    )

    objects = BilanQuerySet.as_manager()

    class Meta:
        verbose_name = "bilan"
        ordering = ["-fin", "-debut", "variante", "-version", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "cle", "version"],
                name="bilan_version_unique",
                violation_error_message="Cette version du bilan existe déjà.",
            ),
            models.UniqueConstraint(
                fields=["structure", "cle"],
                condition=models.Q(statut__in=[StatutBilan.BROUILLON, StatutBilan.RELU]),
                name="bilan_brouillon_unique",
                violation_error_message="Ce bilan est déjà en préparation.",
            ),
            models.UniqueConstraint(
                fields=["structure", "cle"],
                condition=models.Q(statut=StatutBilan.PUBLIE),
                name="bilan_publie_unique",
                violation_error_message="Ce bilan est déjà publié.",
            ),
            models.CheckConstraint(
                condition=models.Q(statut__in=[StatutBilan.BROUILLON, StatutBilan.RELU], publie_le__isnull=True)
                | models.Q(
                    statut__in=[StatutBilan.PUBLIE, StatutBilan.REMPLACE], publie_le__isnull=False, empreinte__gt=""
                ),
                name="bilan_publie_date_et_signe",
                violation_error_message="Un bilan publié porte sa date et l'empreinte de ses données.",
            ),
            models.CheckConstraint(
                condition=models.Q(debut__lte=models.F("fin")),
                name="bilan_fin_apres_debut",
                violation_error_message="La période finit avant de commencer.",
                violation_error_code="champ:fin",
            ),
        ]

    def __str__(self) -> str:
        return f"bilan {self.nom_periode} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("reporting:bilan", args=[self.uuid])

    @property
    def periode(self) -> Periode:
        return Periode(self.debut, self.fin)

    @property
    def nom_periode(self) -> str:
        return periodes.nommer(self.periode)

    @property
    def cible(self) -> MaitreOuvrage | Operation | Marche | None:
        """Ce qui borne ses marchés ; rien pour toute la structure."""
        return self.maitre_ouvrage or self.operation or self.marche

    @property
    def nom(self) -> str:
        """« Bilan 2018 », « Bilan 2018 · Département », « Bilan 1er semestre 2026 · Ville de Cherbourg »."""
        return nom_de_bilan(self.periode, self.variante, str(self.cible or ""))

    @property
    def rubriques(self) -> tuple[str, ...]:
        """Les textes que ce bilan imprime."""
        return MODELES[self.variante].rubriques

    @property
    def contenu(self) -> DonneesBilan:
        """Ses données dans la forme d'aujourd'hui ; `donnees` reste ce que l'empreinte signe."""
        return a_jour(self.donnees)

    @property
    def nom_de_la_structure(self) -> str:
        """Celui que porte le document : une structure renommée depuis ne change pas ce qui a été remis."""
        return self.donnees["structure"]["nom"] if self.est_fige else self.structure.nom

    @property
    def est_en_preparation(self) -> bool:
        return self.statut in StatutBilan.en_preparation()

    @property
    def est_fige(self) -> bool:
        return not self.est_en_preparation

    @property
    def est_pret(self) -> bool:
        """Ses chiffres sont lus et son document se télécharge."""
        return bool(self.empreinte) and self.document is not None and self.document.est_pret

    @property
    def document_en_route(self) -> bool:
        return self.document is not None and self.document.est_en_route

    def save(self, *args, **kwargs):
        self.cle = ":".join(
            [self.variante, *periodes.bornes(self.periode), *([str(self.cible.uuid)] if self.cible else [])]
        )
        self._refuser_de_changer_ce_qui_est_fige()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        if self.est_fige:
            raise RegleViolee("Un bilan publié ne se supprime pas.")
        return super().delete(*args, **kwargs)

    def _refuser_de_changer_ce_qui_est_fige(self) -> None:
        if self._state.adding:
            return
        garde = Bilan.objects.filter(pk=self.pk).exclude(statut__in=StatutBilan.en_preparation()).first()
        if garde is None:
            return
        changes = [champ for champ in self.FIGES if getattr(self, champ) != getattr(garde, champ)]
        if changes or self.est_en_preparation:
            raise RegleViolee("Un bilan publié ne change plus : une correction est une nouvelle version.")


class LignesBilan(ModeleIdentifie):
    """Les lignes de chaque chiffre d'un bilan, gardées avec lui : leur somme est le chiffre, et deux versions s'y comparent.

    `lignes` : {clé: {"maintenant" | "avant": {"genre", "diviseur", "lignes": [[clé de l'objet, poids, groupe], …]}}}. Rien
    de nominatif : des clés de lignes, que chacun n'ouvre que selon ses droits.
    """

    bilan = models.OneToOneField(Bilan, on_delete=models.CASCADE, related_name="lignes")
    lignes = models.JSONField("lignes", default=dict)
    # Ce qu'un réseau ne lit pas de ses structures, et qui sert à comparer ce qu'il remet : jamais montré.
    comptes = models.JSONField("lignes comparées", default=dict)

    class Meta:
        verbose_name = "lignes d'un bilan"

    def __str__(self) -> str:
        return f"lignes d'un bilan {self.uuid}"
