"""Les sorties : la famille de chaque situation, et la part des sorties dynamiques. Sans base de données.

Typologie des sorties de l'insertion par l'activité économique : dynamiques = durables + de transition + positives, sur
toutes les sorties sauf les neutralisées. Les personnes injoignables sont comptées à part, jamais au dénominateur.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from parcours.enums import FamilleSortie, Situation

FAMILLES: dict[str, FamilleSortie] = {
    Situation.CDI: FamilleSortie.DURABLE,
    Situation.CDD_LONG: FamilleSortie.DURABLE,  # exactement 6 mois est durable : la typologie ne le dit pas, choix du projet
    Situation.FONCTION_PUBLIQUE: FamilleSortie.DURABLE,
    Situation.CREATION: FamilleSortie.DURABLE,
    Situation.CDD_COURT: FamilleSortie.TRANSITION,
    Situation.CONTRAT_AIDE: FamilleSortie.TRANSITION,
    Situation.FORMATION: FamilleSortie.POSITIVE,
    Situation.AUTRE_SIAE: FamilleSortie.POSITIVE,
    Situation.RECHERCHE: FamilleSortie.AUTRE,
    Situation.SANS_ACTIVITE: FamilleSortie.AUTRE,
    Situation.NEUTRALISEE: FamilleSortie.NEUTRALISEE,
}
SEUIL = 5  # sous ce nombre, qui connaît le chantier pourrait reconnaître quelqu'un
DYNAMIQUES = (FamilleSortie.DURABLE, FamilleSortie.TRANSITION, FamilleSortie.POSITIVE)


@dataclass(frozen=True, slots=True)
class ComptesSorties:
    """Les sorties connues par famille, et celles qu'on n'a pas pu connaître."""

    par_famille: dict[FamilleSortie, int]
    injoignables: int = 0

    @property
    def connues(self) -> int:
        return sum(self.par_famille.values())

    @property
    def personnes(self) -> int:
        return self.connues + self.injoignables

    @property
    def sont_trop_petites(self) -> bool:
        """Une case de 1 à 4 suffit à tout cacher : les autres et les totaux la rendraient par soustraction."""
        return any(0 < nombre < SEUIL for nombre in (*self.par_famille.values(), self.injoignables))

    @property
    def dynamiques(self) -> int:
        return sum(self.par_famille[famille] for famille in DYNAMIQUES)

    @property
    def comptees(self) -> int:
        return self.connues - self.par_famille[FamilleSortie.NEUTRALISEE]

    @property
    def taux_dynamique(self) -> Decimal | None:
        """Pour cent ; `None` si aucune sortie ne compte."""
        return Decimal(self.dynamiques) * 100 / self.comptees if self.comptees else None


def compter_sorties(situations: Iterable[str], injoignables: int = 0) -> ComptesSorties:
    """Range des situations dans leurs familles."""
    comptes = Counter(FAMILLES[situation] for situation in situations)
    return ComptesSorties({famille: comptes[famille] for famille in FamilleSortie}, injoignables)
