"""Ce qu'est une colonne, et une liste faite de colonnes : ce qu'elles lisent, leur nature, leurs titres."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from reporting.donnees import DonneesBilan
from reporting.recit.ecriture import apostrophes

type Ligne = Mapping[str, Any]


class Nature(StrEnum):
    """Ce qu'est une valeur : chaque rendu en tire son écriture et son alignement."""

    TEXTE = "texte"
    PERIODE = "periode"
    OUI_NON = "oui_non"
    EFFECTIF = "effectif"
    HEURES = "heures"
    PART = "part"  # déjà écrite : « 24,7 % »

    @property
    def est_un_nombre(self) -> bool:
        return self in (Nature.EFFECTIF, Nature.HEURES, Nature.PART)

    @property
    def s_additionne(self) -> bool:
        return self in (Nature.EFFECTIF, Nature.HEURES)


@dataclass(frozen=True, slots=True)
class Colonne:
    """`titre` est entier ; `ecran` et `papier` l'abrègent, et « {periode} » y devient le nom de la période.

    `calcul` : la donnée, quand elle ne se lit pas telle quelle sous `cle`. `source` : les lignes qui composent la valeur, que
    la page ouvre. `detail` : ce qui s'écrit dessous, sur le papier. `chiffre` : le chiffre clé qui en est le total, quand les
    lignes ne s'additionnent pas.
    """

    cle: str
    titre: str
    nature: Nature = Nature.TEXTE
    ecran: str = ""
    papier: str = ""
    calcul: Callable[[Ligne], Any] | None = None
    source: str = ""
    detail: Callable[[Ligne], str] | None = None
    chiffre: str = ""

    def lire(self, ligne: Ligne) -> Any:
        return self.calcul(ligne) if self.calcul else ligne[self.cle]

    @property
    def a_l_ecran(self) -> str:
        return self.ecran or self.titre

    def sur_papier(self, periode: str) -> str:
        return apostrophes(self.papier or self.titre).format(periode=periode)


@dataclass(frozen=True, slots=True)
class Liste:
    """`nom` : sa clé dans les données, sa feuille et son fichier ; `feuille` : le titre de celle-ci.

    `rang` : les heures qui rangent ses lignes quand elle est trop longue pour être imprimée ; sans elles, elle ne se coupe
    pas et garde ses décimales. `ensemble` : elle finit par son total.
    """

    nom: str
    feuille: str
    export: tuple[Colonne, ...]
    ecran: tuple[Colonne, ...] = ()
    papier: tuple[Colonne, ...] = ()
    titre: str = ""
    vide: str = ""
    note: str = ""
    rang: tuple[str, ...] = ()
    ensemble: bool = True

    def lignes(self, donnees: DonneesBilan) -> list[Ligne]:
        """Aucune pour un bilan publié avant que cette liste n'existe."""
        return donnees.get(self.nom, [])  # type: ignore[return-value]  # une liste du bilan

    def colonne(self, cle: str) -> Colonne:
        return next(colonne for colonne in self.export if colonne.cle == cle)
