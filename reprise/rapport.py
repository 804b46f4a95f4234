"""Ce que dit une reprise : ce qu'elle crée, laisse et modifie feuille par feuille, toutes ses erreurs, ses avertissements."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from reprise.feuilles import FEUILLES
from socle.texte import masquer_le_numero_national

_RANG_FEUILLE = {feuille.nom: rang for rang, feuille in enumerate(FEUILLES)}
_RANG_COLONNE = {
    (feuille.nom, colonne.titre): rang for feuille in FEUILLES for rang, colonne in enumerate(feuille.colonnes)
}


@dataclass(frozen=True, slots=True)
class Probleme:
    """Une erreur ou un avertissement. `ligne` est celle du tableur ; `None` quand la raison vise la feuille ou le fichier.

    Le rapport se garde et se télécharge : aucun numéro de sécurité sociale ne s'y recopie, quelle que soit sa colonne.
    """

    feuille: str
    ligne: int | None
    colonne: str
    valeur: str
    raison: str

    def __post_init__(self):
        object.__setattr__(self, "valeur", masquer_le_numero_national(self.valeur))
        object.__setattr__(self, "raison", masquer_le_numero_national(self.raison))

    def en_json(self) -> dict:
        return {
            "feuille": self.feuille,
            "ligne": self.ligne,
            "colonne": self.colonne,
            "valeur": self.valeur,
            "raison": self.raison,
        }

    def ordre(self) -> tuple:
        """L'ordre du classeur : feuille, ligne, colonne ; le fichier et les feuilles absentes d'abord."""
        return (
            _RANG_FEUILLE.get(self.feuille, -1),
            self.ligne or 0,
            _RANG_COLONNE.get((self.feuille, self.colonne), -1),
        )


@dataclass(frozen=True, slots=True)
class Changement:
    """Une valeur que la reprise remplace : ce qui est connu, ce que dit le classeur."""

    feuille: str
    ligne: int
    colonne: str
    avant: str
    apres: str


@dataclass(slots=True)
class Rapport:
    """Le compte rendu d'une reprise. Une seule erreur, et rien ne s'écrit."""

    cree: Counter = field(default_factory=Counter)
    inchange: Counter = field(default_factory=Counter)
    modifie: Counter = field(default_factory=Counter)
    erreurs: list[Probleme] = field(default_factory=list)
    avertissements: list[Probleme] = field(default_factory=list)
    changements: list[Changement] = field(default_factory=list)
    choix: list[Any] = field(default_factory=list)  # comment chaque feuille a été lue

    @property
    def sans_erreur(self) -> bool:
        return not self.erreurs

    def comptes(self) -> dict[str, dict[str, int]]:
        """{cree, inchange, modifie} par feuille. Avec une erreur, rien ne se crée ni ne se modifie : tout vaut zéro."""
        return {
            nom: {feuille.nom: compte[feuille.nom] if self.sans_erreur else 0 for feuille in FEUILLES}
            for nom, compte in (("cree", self.cree), ("inchange", self.inchange), ("modifie", self.modifie))
        }

    def en_json(self) -> dict:
        return {
            **self.comptes(),
            "erreurs": [probleme.en_json() for probleme in ranger(self.erreurs)],
            "avertissements": [probleme.en_json() for probleme in ranger(self.avertissements)],
        }


def ranger(problemes: Iterable[Probleme]) -> list[Probleme]:
    return sorted(problemes, key=Probleme.ordre)
