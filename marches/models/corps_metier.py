from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse

from comptes.enums import Role
from comptes.querysets import ParametreQuerySet, de_son_compte
from marches.enums import Nature, Technicite
from marches.models.maitre_ouvrage import FicheMaitreOuvrage
from socle.bornes import FAIT
from socle.contraintes import UniqueArchiveComprise
from socle.modeles import ChampJour, ModeleArchivable
from socle.plis import ChampPlie
from socle.texte import plier

POURCENT = [MinValueValidator(0), MaxValueValidator(100)]


class CorpsMetierQuerySet(ParametreQuerySet):
    hors_portee = "Ce corps de métier n'est pas d'une structure qui vous suit."

    def visibles_par(self, acteur):
        """Ceux de sa structure ; pour un acheteur qui décrit son projet, ceux des structures qui le suivent."""
        if acteur is None or acteur.role != Role.MAITRE_OUVRAGE or acteur.organisation is None:
            return super().visibles_par(acteur)
        siennes = de_son_compte(acteur, organisation="maitre_ouvrage__organisation", structure="structure")
        return self.filter(structure__in=FicheMaitreOuvrage.objects.filter(siennes).values("structure"))


class CorpsMetier(ModeleArchivable):
    """Un corps de métier d'achat (gros œuvre, propreté…) et ce qu'une structure retient pour le calculer, avec sa source."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.PROTECT, related_name="+")
    nom = models.CharField("nom", max_length=80)
    nom_plie = ChampPlie(max_length=80)
    nature = models.CharField("nature", max_length=12, choices=Nature)
    part_main_oeuvre = models.DecimalField(
        "part de main-d'œuvre (%)", max_digits=5, decimal_places=2, validators=POURCENT
    )
    taux_insertion = models.DecimalField("taux d'insertion (%)", max_digits=5, decimal_places=2, validators=POURCENT)
    cout_horaire = models.DecimalField(
        "coût horaire chargé (€)", max_digits=7, decimal_places=2, validators=[MinValueValidator(1)]
    )
    technicite = models.CharField("technicité", max_length=8, choices=Technicite, default=Technicite.MOYENNE)
    familles_rome = models.CharField(
        "familles de métiers (ROME)",
        max_length=60,
        blank=True,
        validators=[
            RegexValidator(
                r"^([A-N]\d{2}( [A-N]\d{2})*)?$", "Des familles ROME séparées d'une espace, par exemple « F16 F17 »."
            )
        ],
        help_text="Trois caractères par famille, par exemple « F16 F17 » : elles disent quelles personnes conviendraient.",
    )
    source = models.CharField(
        "source", max_length=200, help_text="D'où viennent ces valeurs : une revue, un marché, un usage."
    )
    date_source = ChampJour("date de la source", bornes=FAIT)

    objects = CorpsMetierQuerySet.as_manager()

    class Meta:
        verbose_name = "corps de métier"
        verbose_name_plural = "corps de métier"
        ordering = ["nature", "nom_plie", "pk"]
        constraints = [
            UniqueArchiveComprise(
                fields=["structure", "nom"],
                name="corps_metier_nom_unique",
                violation_error_message="Un corps de métier porte déjà ce nom.",
                violation_error_code="champ:nom",
                si_archive="Le corps de métier « %(nom)s » existe, archivé : sortez-le de l'archive, ou prenez un autre nom.",
            )
        ]

    def __str__(self) -> str:
        return self.nom

    def get_absolute_url(self) -> str:
        return reverse("marches:corps_metier_modifier", args=[self.uuid])

    def save(self, *args, **kwargs):
        self.nom_plie = plier(self.nom)
        super().save(*args, **kwargs)

    @property
    def familles(self) -> tuple[str, ...]:
        return tuple(self.familles_rome.split())
