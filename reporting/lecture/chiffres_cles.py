"""Les chiffres clés de l'accueil, en une requête : ceux des indicateurs, à ce jour et à la même date l'an passé."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, DecimalField, Min, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from comptes.models import Organisation
from declarations.models import LigneHeures
from marches.models import Marche
from socle.composants import Tuile
from socle.periodes import Periode, ajouter_mois

_HEURES = DecimalField(max_digits=12, decimal_places=2)


@dataclass(frozen=True, slots=True)
class ChiffresCles:
    """Chaque couple va de cette année à l'année passée, à la même date."""

    heures: tuple[Decimal, Decimal]
    personnes: tuple[int, int]
    marches: tuple[int, int]


def chiffres_cles(structure: Organisation, le: datetime.date) -> ChiffresCles:
    periodes = [Periode(datetime.date(jour.year, 1, 1), jour) for jour in (le, ajouter_mois(le, -12))]
    lignes = [_lignes(periode) for periode in periodes]
    suivis = [Marche.objects.suivis_pendant(periode).filter(structure=OuterRef("pk")) for periode in periodes]
    lus = Organisation.objects.filter(pk=structure.pk).values_list(
        *(
            _calcul(validees, "contrat__structure", Sum("heures", output_field=_HEURES), Decimal(0))
            for validees in lignes
        ),
        *(
            _calcul(validees, "contrat__structure", Count("contrat__beneficiaire", distinct=True), 0)
            for validees in lignes
        ),
        *(_calcul(marches, "structure", Count("pk"), 0) for marches in suivis),
    )
    heures, heures_avant, personnes, personnes_avant, marches, marches_avant = lus.get()
    return ChiffresCles((heures, heures_avant), (personnes, personnes_avant), (marches, marches_avant))


def _lignes(periode: Periode) -> QuerySet:
    validees = LigneHeures.objects.validees().pendant(periode).filter(heures__gt=0)
    return validees.filter(contrat__structure=OuterRef("pk"))


def _calcul(objets: QuerySet, par: str, agregat, sinon) -> Coalesce:
    valeur = Subquery(objets.order_by().values(par).annotate(valeur=agregat).values("valeur"))
    return Coalesce(valeur, sinon, output_field=agregat.output_field)


def tuiles(chiffres: ChiffresCles, le: datetime.date, lien: str) -> Iterator[Tuile]:
    """Les mêmes mots que les indicateurs ; l'an passé ne se dit que s'il a eu quelque chose."""
    lus = (
        ("Heures réalisées", chiffres.heures, "h"),
        ("Personnes", chiffres.personnes, ""),
        ("Marchés suivis", chiffres.marches, ""),
    )
    for libelle, (valeur, avant), unite in lus:
        yield Tuile(libelle, valeur, unite, avant or None, f"à la même date en {le.year - 1}", lien=lien)


def premier_mois(structures: Organisation | QuerySet) -> datetime.date | None:
    """Le premier mois qui a des heures validées, chez une structure ou chez plusieurs."""
    lues = structures if isinstance(structures, QuerySet) else [structures]
    validees = LigneHeures.objects.validees().filter(contrat__structure__in=lues)
    return validees.aggregate(mois=Min("mois"))["mois"]
