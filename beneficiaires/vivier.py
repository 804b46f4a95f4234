"""Le public mobilisable : combien de personnes d'une structure pourraient prendre des emplois. Des comptes, jamais de noms."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from beneficiaires.enums import Sexe, StatutQuartier
from beneficiaires.models import Beneficiaire, Critere, Domicile, RattachementQuartier
from beneficiaires.querysets import vrai_le
from metiers.models import Metier
from socle.periodes import ajouter_mois
from territoires.enums import millesime_en_vigueur
from territoires.models import Commune

AGE_JEUNE = 26
METIERS = (
    ("famille", "Même famille de métiers"),
    ("domaine", "Même grand domaine"),
    ("autre", "Un autre métier"),
    ("inconnu", "Métier non renseigné"),
)


@dataclass(frozen=True, slots=True)
class LigneVivier:
    """Les personnes d'un rapprochement de métier, et combien d'entre elles répondent à chaque question."""

    cle: str
    libelle: str
    total: int
    disponibles: int
    commune: int
    intercommunalite: int
    quartier: int
    eligibles: int
    femmes: int
    jeunes: int


@dataclass(frozen=True, slots=True)
class Vivier:
    lignes: tuple[LigneVivier, ...]

    @property
    def total(self) -> int:
        return sum(ligne.total for ligne in self.lignes)

    @property
    def meme_famille(self) -> LigneVivier:
        return self.lignes[0]


def emplois_representes(heures: Decimal, heures_par_etp: Decimal, duree_mois: int | None) -> Decimal | None:
    """Les emplois à temps plein que des heures occupent pendant tout le marché ; `None` si l'on ne sait pas sa durée."""
    return heures * 12 / (heures_par_etp * duree_mois) if duree_mois else None


def lire_vivier(structure, familles: Collection[str], commune: Commune | None, debut: datetime.date) -> Vivier:
    """Une requête, quel que soit le nombre de personnes : elles se comptent par réponses, la base fait les groupes."""
    recherches = Metier.objects.du_repertoire().filter(beneficiaires=OuterRef("pk"))
    domicile = Domicile.objects.filter(beneficiaire=OuterRef("pk")).valides_le(debut).order_by("-depuis", "-pk")
    groupes = (
        Beneficiaire.objects.filter(structure=structure)
        .actifs()
        .annotate(
            rapprochement=_rapprochement(recherches, familles),
            habite=Subquery(domicile.values("commune")[:1]),
            habite_epci=Subquery(domicile.values("commune__epci")[:1]),
            est_disponible=_vrai(Q(disponible_le__lte=debut)),
            en_quartier=Exists(
                RattachementQuartier.objects.filter(
                    vrai_le(debut, "domicile__"),
                    domicile__beneficiaire=OuterRef("pk"),
                    millesime=millesime_en_vigueur(debut),
                    statut=StatutQuartier.OUI,
                )
            ),
            est_eligible=Exists(Critere.objects.filter(beneficiaire=OuterRef("pk")).valides_le(debut)),
        )
        .annotate(
            dans_la_commune=_vrai(Q(habite=commune.pk)) if commune else Value(False),
            dans_l_epci=_vrai(Q(habite_epci=commune.epci_id)) if commune and commune.epci_id else Value(False),
            jeune=_vrai(Q(date_naissance__gt=ajouter_mois(debut, -12 * AGE_JEUNE))),
            femme=_vrai(Q(sexe=Sexe.FEMME)),
        )
        .order_by()
        .values(
            "rapprochement",
            "est_disponible",
            "dans_la_commune",
            "dans_l_epci",
            "en_quartier",
            "est_eligible",
            "femme",
            "jeune",
        )
        .annotate(nombre=Count("pk"))
    )
    return Vivier(tuple(_ligne(cle, libelle, groupes) for cle, libelle in METIERS))


def _vrai(condition: Q) -> Coalesce:
    return Coalesce(Case(When(condition, then=Value(True)), default=Value(False)), False, output_field=BooleanField())


def _rapprochement(recherches, familles: Collection[str]) -> Case:
    cas = []
    if familles:
        de_la_famille, du_domaine = Q(), Q()
        for famille in familles:
            de_la_famille |= Q(code__startswith=famille)
            du_domaine |= Q(code__startswith=famille[0])
        cas = [
            When(Exists(recherches.filter(de_la_famille)), then=Value("famille")),
            When(Exists(recherches.filter(du_domaine)), then=Value("domaine")),
        ]
    return Case(*cas, When(Exists(recherches), then=Value("autre")), default=Value("inconnu"))


def _ligne(cle: str, libelle: str, groupes: Iterable[Mapping[str, Any]]) -> LigneVivier:
    siens = [groupe for groupe in groupes if groupe["rapprochement"] == cle]

    def compte(question: str = "") -> int:
        return sum(groupe["nombre"] for groupe in siens if not question or groupe[question])

    return LigneVivier(
        cle,
        libelle,
        compte(),
        compte("est_disponible"),
        compte("dans_la_commune"),
        compte("dans_l_epci"),
        compte("en_quartier"),
        compte("est_eligible"),
        compte("femme"),
        compte("jeune"),
    )
