"""Les périodes d'insertion d'une personne, comme le FSE+ les compte : entrée, sortie, et une période n'en efface pas une autre.

Des contrats qui se suivent à moins d'un mois sont une même participation ; plus loin, c'est une nouvelle entrée. Une
personne peut en avoir plusieurs : chacune garde ses dates et le profil de son entrée.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from reporting.lecture.releve import Contrat, Releve

INTERRUPTION_TOLEREE = datetime.timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Participation:
    personne: int
    contrats: tuple[Contrat, ...]

    @property
    def premier(self) -> Contrat:
        return self.contrats[0]

    @property
    def dernier(self) -> Contrat:
        """Celui qui finit le dernier ; un contrat sans fin l'emporte."""
        return max(self.contrats, key=_fin)

    @property
    def debut(self) -> datetime.date:
        return self.premier.debut

    @property
    def fin(self) -> datetime.date | None:
        return self.dernier.fin


def contrats_travailles(releve: Releve) -> set[int]:
    """Ceux qui ont une heure jusqu'à la fin de la période."""
    lues = releve.histoire or releve.lignes
    return {ligne.contrat for ligne in lues if ligne.heures > 0 and ligne.mois <= releve.periode.fin}


def de_chacun(releve: Releve) -> list[Participation]:
    """Toutes les participations des personnes qui ont travaillé jusqu'à la fin de la période.

    Un contrat qui n'a d'heures qu'après n'y est pas : le bilan d'une période dit la même chose, lu l'année suivante.
    """
    par_personne: dict[int, list[Contrat]] = defaultdict(list)
    for cle in contrats_travailles(releve):
        par_personne[releve.contrats[cle].personne].append(releve.contrats[cle])
    return [
        Participation(personne, tuple(suite))
        for personne, contrats in sorted(par_personne.items())
        for suite in _suites(contrats)
    ]


def entrees(releve: Releve) -> list[Participation]:
    """Celles qui commencent dans la période."""
    return [une for une in de_chacun(releve) if releve.periode.debut <= une.debut <= releve.periode.fin]


def sorties(releve: Releve) -> list[Participation]:
    """Celles qui ont fini dans la période : une fin encore à venir le jour de la lecture n'est pas une sortie."""
    jusqu_a = min(releve.periode.fin, releve.lu_le)
    finies = ((une, une.fin) for une in de_chacun(releve))
    return [une for une, fin in finies if fin is not None and releve.periode.debut <= fin <= jusqu_a]


def _suites(contrats: Iterable[Contrat]) -> list[list[Contrat]]:
    suites: list[list[Contrat]] = []
    jusqu_a = datetime.date.min
    for contrat in sorted(contrats, key=lambda contrat: (contrat.debut, contrat.identifiant)):
        if suites and (jusqu_a == datetime.date.max or contrat.debut <= jusqu_a + INTERRUPTION_TOLEREE):
            suites[-1].append(contrat)
        else:
            suites.append([contrat])
            jusqu_a = datetime.date.min
        jusqu_a = max(jusqu_a, _fin(contrat))
    return suites


def _fin(contrat: Contrat) -> datetime.date:
    return contrat.fin or datetime.date.max
