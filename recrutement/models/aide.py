"""Les aides à l'embauche et à la formation qu'une structure fait connaître à ses entreprises."""

import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from recrutement.enums import EtatSource, GenreAide, TypeContrat, UniteAide
from recrutement.querysets import AideQuerySet
from socle.bornes import FAIT, TERME
from socle.contraintes import UniqueArchiveComprise
from socle.modeles import ChampJour, ModeleArchivable
from socle.nombres import euros, nombre
from socle.plis import ChampPlie
from socle.texte import plier

SOURCE_FRAICHE = datetime.timedelta(days=365)


class AideEmbauche(ModeleArchivable):
    """Une aide, pour qui, combien, et d'où on le tient. Sans source lue depuis moins d'un an, elle est à vérifier."""

    FEMININ = True

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    intitule = models.CharField("intitulé", max_length=120)
    intitule_plie = ChampPlie(max_length=240)
    genre = models.CharField("ce qu'elle aide", max_length=10, choices=GenreAide, default=GenreAide.EMBAUCHE)
    publics = models.CharField("pour qui", max_length=300, blank=True)
    type_contrat = models.CharField("type de contrat", max_length=22, choices=TypeContrat, blank=True)
    montant = models.DecimalField(
        "montant ou taux",
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    unite = models.CharField("unité", max_length=12, choices=UniteAide, blank=True)
    duree_mois = models.PositiveSmallIntegerField(
        "durée (mois)", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    conditions = models.TextField("conditions", max_length=600, blank=True)
    source = models.CharField("source", max_length=200)
    source_url = models.URLField("adresse de la source", blank=True)
    date_source = ChampJour("source lue le", bornes=FAIT, null=True, blank=True)
    valable_du = ChampJour("valable du", null=True, blank=True)
    valable_au = ChampJour("valable jusqu'au", bornes=TERME, null=True, blank=True)

    objects = AideQuerySet.as_manager()

    class Meta:
        verbose_name = "aide à l'embauche"
        verbose_name_plural = "aides à l'embauche"
        ordering = ["genre", "intitule_plie", "pk"]
        constraints = [
            UniqueArchiveComprise(
                fields=["structure", "intitule"],
                name="aide_intitule_unique",
                violation_error_message="Une aide porte déjà cet intitulé.",
                violation_error_code="champ:intitule",
                si_archive="L'aide « %(intitule)s » existe, archivée : sortez-la de l'archive, ou prenez un autre intitulé.",
            ),
            models.CheckConstraint(
                condition=Q(montant__isnull=True, unite="") | (Q(montant__isnull=False) & ~Q(unite="")),
                name="aide_montant_et_unite",
                violation_error_message="Un montant et son unité vont ensemble.",
                violation_error_code="champ:unite",
            ),
            models.CheckConstraint(
                condition=Q(valable_du__isnull=True) | Q(valable_au__isnull=True) | Q(valable_au__gte=F("valable_du")),
                name="aide_validite_dans_l_ordre",
                violation_error_message="La fin de validité précède son début.",
                violation_error_code="champ:valable_au",
            ),
        ]

    def __str__(self) -> str:
        return self.intitule

    def get_absolute_url(self) -> str:
        return reverse("recrutement:aide_modifier", args=[self.uuid])

    def save(self, *args, **kwargs):
        self.intitule_plie = plier(self.intitule)
        super().save(*args, **kwargs)

    @property
    def valeur(self) -> str:
        """« 5 000 € par an » ; vide tant qu'aucun montant n'a de source."""
        if self.montant is None:
            return ""
        libelle = self.get_unite_display()
        if libelle.startswith("€"):
            return f"{euros(self.montant)}{libelle.removeprefix('€')}"
        return f"{nombre(self.montant)} {libelle}"

    @property
    def ce_qui_manque(self) -> str:
        """Pourquoi l'entreprise ne la lit pas encore ; vide si elle la lit."""
        le = timezone.localdate()
        motifs = [
            "la date où la source a été lue" if self.date_source is None else "",
            "un montant, ou ce qu'elle prend en charge" if self.montant is None and not self.conditions else "",
            "elle commence plus tard" if self.valable_du and self.valable_du > le else "",
            "elle est finie" if self.valable_au and self.valable_au < le else "",
        ]
        return " ; ".join(filter(None, motifs))

    @property
    def fiabilite(self) -> EtatSource:
        return self.etat_source(timezone.localdate())

    def etat_source(self, le: datetime.date) -> EtatSource:
        fraiche = self.date_source is not None and self.date_source > le - SOURCE_FRAICHE
        return EtatSource.A_JOUR if fraiche else EtatSource.A_VERIFIER
