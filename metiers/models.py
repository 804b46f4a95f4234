from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse

from metiers.mots import SAISIE_MAX, cle, radicaux
from metiers.querysets import AppellationQuerySet
from socle.modeles import ModeleIdentifie
from socle.plis import ChampPlie
from socle.querysets import QuerySetDomaine
from socle.texte import plier, sans_numero_national
from socle.validateurs import valider_nom

A_PRECISER = "à préciser"


class MetierQuerySet(QuerySetDomaine):
    def visibles_par(self, acteur) -> Self:
        """Le répertoire est public : qui est connecté le lit. Un métier à préciser est à sa structure, et à ses partenaires."""
        if acteur is None:
            return self.none()
        if acteur.organisation is None:
            return self.du_repertoire()
        partenaires = acteur.organisation.partenariats.order_by().values("structure")
        return self.filter(Q(structure=None) | Q(structure=acteur.organisation) | Q(structure__in=partenaires))

    def du_repertoire(self) -> Self:
        return self.filter(structure=None)

    def a_preciser_par(self, structure) -> Self:
        return self.filter(structure=structure) if structure is not None else self.none()

    def nommes(self, texte: str, structure=None) -> list:
        """Les métiers qui portent exactement ce nom, ou ce libellé, accents, genre et pluriel pardonnés."""
        if portant := self.portant(texte, structure):
            return portant
        du_libelle: Iterable[Any] = self.chercher(texte) if radicaux(texte) else ()
        return [metier for metier in du_libelle if cle(metier.libelle) == cle(texte)]

    def portant(self, texte: str, structure=None) -> list:
        """Ceux dont c'est un nom, lus à l'index : mille se demandent à la suite.

        Les noms de la structure l'emportent sur ceux du projet, ceux-ci sur ceux du répertoire.
        """
        exact = cle(texte)
        if not exact.strip():
            return []
        lues: Iterable[Any] = self._noms(structure).filter(cle=exact).select_related("metier").order_by("pk")
        par_source: dict[int, dict[int, Any]] = {}
        for appellation in lues:
            source = 0 if appellation.structure_id else 2 if appellation.officielle else 1
            par_source.setdefault(source, {})[appellation.metier_id] = appellation.metier
        return list(par_source[min(par_source)].values()) if par_source else []

    def chercher(self, texte: str, structure=None) -> Self:
        """Par le code, des mots du libellé ou d'un nom du métier ; un texte démesuré n'est lu qu'à son début.

        D'abord ceux qui portent ce nom, puis ceux dont un nom commence ainsi.
        """
        propre = "".join(lettre for lettre in texte[:SAISIE_MAX] if lettre.isprintable())
        libelles = Q()
        for mot in plier(propre).split():
            libelles &= Q(libelle_plie__contains=mot) | Q(code__istartswith=mot)
        demandes = radicaux(propre)
        if not demandes:
            return self.du_repertoire().filter(libelles)
        noms = self._noms(structure)
        # Des sous-requêtes qui ne dépendent pas de la ligne : chacune se lit une fois, quel que soit le répertoire.
        exacts, debuts = noms.filter(cle=cle(propre)), noms.filter(cle__startswith=cle(propre).rstrip())
        for radical in demandes:
            noms = noms.filter(cle__contains=f" {radical}")
        rang = Case(
            When(pk__in=exacts.values("metier"), then=Value(0)),
            When(pk__in=debuts.values("metier"), then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        trouves = self.du_repertoire().filter(libelles | Q(pk__in=noms.values("metier")))
        return trouves.order_by(rang, "code")

    def _noms(self, structure):
        return Appellation.objects.connues_de(structure).order_by()


class Metier(models.Model):
    """Un métier du répertoire ROME (« F1703 »), le même pour tous ; ou ce qu'une structure a tapé sans l'y trouver."""

    code = models.CharField(
        "code ROME",
        max_length=5,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^[A-N]\d{4}$", "Un code ROME : une lettre de A à N puis quatre chiffres.")],
    )
    # Le répertoire de 2023 en détaille 1 584 ; le code dont chacun est issu rapproche un « F1620 » d'un « F1603 ».
    code_parent = models.CharField("code ROME d'origine", max_length=5, blank=True)
    libelle = models.CharField("libellé", max_length=150)
    libelle_plie = ChampPlie(max_length=150)
    structure = models.ForeignKey(
        settings.ORGANISATION_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )

    objects = MetierQuerySet.as_manager()

    class Meta:
        verbose_name = "métier"
        ordering = ["code", "libelle_plie"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__isnull=False, structure__isnull=True)
                | models.Q(code__isnull=True, structure__isnull=False),
                name="metier_du_repertoire_ou_a_preciser",
                violation_error_message="Un métier sans code ROME est celui d'une structure.",
            ),
            models.UniqueConstraint(fields=["structure", "libelle_plie"], name="metier_a_preciser_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.libelle}" if self.code else f"{self.libelle} ({A_PRECISER})"

    def save(self, *args, **kwargs):
        self.libelle_plie = plier(self.libelle)
        self.code_parent = self.code_parent or self.code or ""
        super().save(*args, **kwargs)

    @property
    def a_preciser(self) -> bool:
        return self.code is None


class Appellation(ModeleIdentifie):
    """Un nom courant d'un métier : celui du répertoire, le nôtre, ou celui qu'une structure a ajouté pour elle."""

    metier = models.ForeignKey(Metier, on_delete=models.CASCADE, related_name="appellations", verbose_name="métier")
    libelle = models.CharField("nom", max_length=200, validators=[valider_nom, sans_numero_national])
    cle = models.CharField("nom comparé", max_length=250, db_index=True, editable=False)
    structure = models.ForeignKey(
        settings.ORGANISATION_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    officielle = models.BooleanField("du répertoire ROME", default=False)

    objects = AppellationQuerySet.as_manager()

    class Meta:
        verbose_name = "nom de métier"
        verbose_name_plural = "noms de métiers"
        ordering = ["libelle", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "cle"],
                name="appellation_de_structure_unique",
                violation_error_message="Ce nom de métier est déjà dans votre liste.",
                violation_error_code="champ:libelle",
            ),
        ]

    def __str__(self) -> str:
        return self.libelle

    def get_absolute_url(self) -> str:
        return reverse("metiers:noms")

    def save(self, *args, **kwargs):
        self.cle = cle(self.libelle)
        super().save(*args, **kwargs)

    def clean_fields(self, exclude=None):
        self.cle = cle(self.libelle or "")
        super().clean_fields(exclude)
