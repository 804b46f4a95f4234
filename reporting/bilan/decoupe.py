"""Ce qui se lit pour un bilan, et comment il se découpe : la période, et ce qui s'en compare à celle d'avant."""

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from marches.models import Operation
from reporting.bilan.connus import ConnusDuQuartier, habitants_connus, reponses
from reporting.bilan.operations import operations_visees, regle_de
from reporting.calcul import charte
from reporting.calcul.comparables import Comparaison, comparer
from reporting.enums import Variante
from reporting.lecture.completude import Completude
from reporting.lecture.lignes import charger_ensemble
from reporting.lecture.mois import lire_la_completude
from reporting.lecture.perimetre import Perimetre
from reporting.lecture.releve import Releve
from reporting.models import PREMIERE_ANNEE
from socle.periodes import Periode


@dataclass(frozen=True)
class Lecture:
    """Ce qui a été lu pour un bilan : toute l'histoire, la période, et ce qui s'en compare à celle d'avant.

    `avant` : les mêmes mois, un an plus tôt, s'ils ont de quoi dire. `comparaison` dit lesquels, et sur quoi.
    """

    perimetre: Perimetre
    histoire: Releve
    periode: Releve
    avant: Releve | None
    completude: Completude | None = None
    comparaison: Comparaison | None = None

    @property
    def comparable(self) -> Releve | None:
        """La période sur ce qui se compare ; rien quand c'est elle entière."""
        return self.comparaison.comparable if self.comparaison else None

    @property
    def comparee(self) -> Periode:
        return self.comparaison.comparee if self.comparaison else self.perimetre.periode

    @property
    def mois_d_avant(self) -> Periode:
        return self.comparaison.mois_d_avant if self.comparaison else self.perimetre.avant

    def de(self, periode: Periode) -> Releve:
        return self.histoire.sur(periode)

    @cached_property
    def regle(self) -> charte.Regle:
        """Ce que compte la charte de l'opération ; tout, ailleurs."""
        cible = self.perimetre.cible
        return regle_de(cible) if isinstance(cible, Operation) else charte.Regle()

    @cached_property
    def operations(self) -> list[tuple[Operation, charte.Regle]]:
        """Celles du bilan, et ce que compte leur charte ; la sienne, pour le bilan d'une opération."""
        cible = self.perimetre.cible
        return [(cible, self.regle)] if isinstance(cible, Operation) else operations_visees(self.histoire)

    @cached_property
    def connus(self) -> dict[str, ConnusDuQuartier]:
        """Les personnes connues dans chaque quartier, à la fin de la période ou aujourd'hui."""
        return habitants_connus(self.perimetre.structures, min(self.periode.periode.fin, self.periode.lu_le))

    @cached_property
    def reponses(self) -> dict[tuple[str, str, str], list[tuple[int, int]]]:
        """{(à qui, question, genre): [(contrat, note)]}, sur les marchés du bilan s'il en vise."""
        marches = None if self.perimetre.cible is None else self.periode.marches
        return reponses(self.perimetre.organisation, self.perimetre.periode, marches)


def lire(perimetre: Perimetre, le: datetime.date | None = None) -> Lecture:
    """Neuf requêtes : tout ce qu'il faut au bilan et à la provenance de ses chiffres."""
    histoire = charger_ensemble(perimetre.structures, toute_l_histoire(perimetre.periode))
    histoire = histoire if perimetre.cible is None else histoire.restreint_a(perimetre.garde)
    completude = lire_la_completude(perimetre.structures, perimetre.periode, le or timezone.localdate())
    return decouper(perimetre, histoire, completude)


def toute_l_histoire(periode: Periode) -> Periode:
    """Du plus loin que l'on sache à la fin de la période."""
    return Periode(datetime.date(PREMIERE_ANNEE, 1, 1), periode.fin)


def decouper(perimetre: Perimetre, histoire: Releve, completude: Completude) -> Lecture:
    """La période et celle d'avant, dans une histoire déjà bornée au périmètre."""
    completude = completude.restreinte_a(histoire.marches)
    comparaison = comparer(histoire, completude, reseau=perimetre.variante == Variante.RESEAU)
    return Lecture(perimetre, histoire, histoire.sur(perimetre.periode), comparaison.avant, completude, comparaison)
