"""Les colonnes d'une liste que chacun choisit : les autres restent à l'export, et à portée d'un clic.

Sans choix, une liste ne montre pas ses colonnes `secondaires` : elle tient dans l'écran. Le choix est gardé en base, pour soi,
avec les vues de la page (`socle.vues`) : il se retrouve d'un poste et d'un jour à l'autre.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from socle.tables import Colonne


@dataclass(frozen=True, slots=True)
class ChoixDeColonnes:
    """Ce que montre le menu « Colonnes » : chacune, et si elle est à l'écran. La principale y est toujours."""

    chemin: str
    requete: str
    colonnes: tuple[tuple[str, bool], ...]


def montrees(toutes: Sequence[Colonne], choisies: Collection[str] | None) -> list[Colonne]:
    if choisies is None:
        return [colonne for colonne in toutes if not colonne.secondaire]
    return [colonne for colonne in toutes if colonne.principale or colonne.titre in choisies]


def choix_de(chemin: str, toutes: Sequence[Colonne], ecran: Sequence[Colonne], requete: str) -> ChoixDeColonnes | None:
    """Rien pour une liste trop étroite pour qu'on y choisisse."""
    offertes = tuple((colonne.titre, colonne in ecran) for colonne in toutes if not colonne.principale)
    return ChoixDeColonnes(chemin, requete, offertes) if len(offertes) > 1 else None
