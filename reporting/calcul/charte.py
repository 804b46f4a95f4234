"""Ce que compte la charte d'une opération : les heures des habitants de ses quartiers, et le reste à part.

Une seule définition : la page de l'opération, son bilan et le tableau des opérations la lisent.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from reporting.calcul import profils
from reporting.calcul.indicateurs import GenreLigne, LigneSource, Resultat
from reporting.lecture.releve import Contrat, Quartier, Releve


@dataclass(frozen=True, slots=True)
class Regle:
    """`reservee` : seules comptent les heures des habitants ; `quartiers` : {code: nom}, tous s'il n'y en a pas."""

    reservee: bool = False
    quartiers: Mapping[str, str] = field(default_factory=dict)

    @property
    def noms(self) -> list[str]:
        """Chaque nom une fois : le même quartier peut être choisi dans ses deux géographies. Aucun si tout compte."""
        return list(dict.fromkeys(self.quartiers.values())) if self.reservee else []

    def compte(self, quartier: Quartier | None) -> bool:
        if not self.reservee:
            return True
        return quartier is not None and (not self.quartiers or quartier.code in self.quartiers)


class HeuresDeContrat(NamedTuple):
    """Les heures d'un contrat, et le quartier de la personne au début de ce contrat-là."""

    personne: int
    heures: Decimal
    quartier: Quartier | None


@dataclass(frozen=True, slots=True)
class Avancement:
    """`comptees` + `hors` = `faites` ; `habitants` parmi `personnes` ont fait les heures comptées."""

    faites: Decimal
    comptees: Decimal
    habitants: int
    personnes: int

    @property
    def hors(self) -> Decimal:
        return self.faites - self.comptees


def avancement(contrats: Iterable[HeuresDeContrat], regle: Regle) -> Avancement:
    tous = list(contrats)
    faits = [contrat for contrat in tous if contrat.heures > 0]
    comptes = [contrat for contrat in faits if regle.compte(contrat.quartier)]
    return Avancement(
        sum((contrat.heures for contrat in tous), Decimal(0)),
        sum((contrat.heures for contrat in comptes), Decimal(0)),
        len({contrat.personne for contrat in comptes}),
        len({contrat.personne for contrat in faits}),
    )


def contrats_de(releve: Releve) -> Iterable[HeuresDeContrat]:
    totaux: dict[int, Decimal] = defaultdict(Decimal)
    for ligne in releve.lignes:
        totaux[ligne.contrat] += ligne.heures
    for cle, heures in totaux.items():
        contrat = releve.contrats[cle]
        yield HeuresDeContrat(contrat.personne, heures, _quartier(releve, contrat))


def heures_comptees(regle: Regle) -> Callable[[Releve], Resultat]:
    """Les mêmes heures comptées, ligne à ligne."""

    def calcul(releve: Releve) -> Resultat:
        comptes = {cle for cle in releve.heures_par_contrat if regle.compte(_quartier(releve, releve.contrats[cle]))}
        lignes = tuple(
            LigneSource(une.id, une.heures) for une in releve.lignes if une.heures and une.contrat in comptes
        )
        return Resultat(sum((ligne.poids for ligne in lignes), Decimal(0)), GenreLigne.HEURES, lignes)

    return calcul


def _quartier(releve: Releve, contrat: Contrat) -> Quartier | None:
    return profils.quartier(releve.personnes[contrat.personne], contrat.debut)
