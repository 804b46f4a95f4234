"""Les chiffres clés de l'accueil, en deux requêtes : ceux de l'année, et ceux des mois qui se comparent à l'an passé."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, DecimalField, Min, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from comptes.models import Organisation
from declarations.models import LigneHeures
from marches.models import Marche
from reporting.lecture import periodes
from reporting.lecture.completude import Completude
from reporting.lecture.mois import lire_la_completude
from socle.periodes import Periode

_HEURES = DecimalField(max_digits=12, decimal_places=2)


@dataclass(frozen=True, slots=True)
class ChiffresCles:
    """Chaque triplet va de l'année en cours à ses mois connus, puis aux mêmes mois de l'année passée."""

    completude: Completude
    heures: tuple[Decimal, Decimal, Decimal]
    personnes: tuple[int, int, int]
    marches: tuple[int, int, int]

    @property
    def comparee(self) -> Periode | None:
        """Les mois qui se comparent ; rien tant qu'aucun n'est connu, ou si l'an passé n'a pas d'heures ces mois-là."""
        _, cette_annee, l_an_passe = self.heures
        return None if cette_annee and not l_an_passe else self.completude.connue

    @property
    def est_en_partie(self) -> bool:
        return self.completude.comparee != self.completude.periode

    @property
    def mois_d_avant(self) -> Periode:
        return periodes.memes_mois_avant(self.completude.comparee, self.completude.periode)


def chiffres_cles(structure: Organisation, le: datetime.date) -> ChiffresCles:
    """La même règle que l'année en chiffres et les bilans : les mêmes mois, s'ils sont connus."""
    annee = Periode.annee(le.year)
    completude = lire_la_completude([structure], annee, le)
    comparee = completude.comparee
    lues = (annee, comparee, periodes.memes_mois_avant(comparee, annee))
    lignes = [_lignes(periode) for periode in lues]
    suivis = [Marche.objects.suivis_pendant(periode).filter(structure=OuterRef("pk")) for periode in lues]
    valeurs = (
        Organisation.objects.filter(pk=structure.pk)
        .values_list(
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
        .get()
    )
    return ChiffresCles(completude, valeurs[:3], valeurs[3:6], valeurs[6:])


def _lignes(periode: Periode) -> QuerySet:
    validees = LigneHeures.objects.validees().pendant(periode).filter(heures__gt=0)
    return validees.filter(contrat__structure=OuterRef("pk"))


def _calcul(objets: QuerySet, par: str, agregat, sinon) -> Coalesce:
    valeur = Subquery(objets.order_by().values(par).annotate(valeur=agregat).values("valeur"))
    return Coalesce(valeur, sinon, output_field=agregat.output_field)


def premier_mois(structures: Organisation | QuerySet) -> datetime.date | None:
    """Le premier mois qui a des heures validées, chez une structure ou chez plusieurs."""
    lues = structures if isinstance(structures, QuerySet) else [structures]
    validees = LigneHeures.objects.validees().filter(contrat__structure__in=lues)
    return validees.aggregate(mois=Min("mois"))["mois"]
