"""Les colonnes d'une liste que chacun choisit : les autres restent à l'export, et à portée d'un clic.

Sans choix, une liste ne montre pas ses colonnes `secondaires` : elle tient dans l'écran. Le choix vit dans la session.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from socle.tables import Colonne

CLE_SESSION = "colonnes"
AU_PLUS, TITRE_MAX = 40, 80


@dataclass(frozen=True, slots=True)
class ChoixDeColonnes:
    """Ce que montre le menu « Colonnes » : chacune, et si elle est à l'écran. La principale y est toujours."""

    chemin: str
    requete: str
    colonnes: tuple[tuple[str, bool], ...]


def montrees(request: HttpRequest, toutes: Sequence[Colonne]) -> list[Colonne]:
    choisies = request.session.get(CLE_SESSION, {}).get(request.path)
    if choisies is None:
        return [colonne for colonne in toutes if not colonne.secondaire]
    return [colonne for colonne in toutes if colonne.principale or colonne.titre in choisies]


def choix_de(request: HttpRequest, toutes: Sequence[Colonne], requete: str) -> ChoixDeColonnes | None:
    """Rien si la liste tient déjà : elle n'a que des colonnes ordinaires."""
    if not any(colonne.secondaire for colonne in toutes):
        return None
    ecran = {colonne.titre for colonne in montrees(request, toutes)}
    offertes = tuple((colonne.titre, colonne.titre in ecran) for colonne in toutes if not colonne.principale)
    return ChoixDeColonnes(request.path, requete, offertes)


def garder(request: HttpRequest, chemin: str, titres: Iterable[str]) -> None:
    """Retient le choix pour cette page ; aucun titre rend les colonnes ordinaires."""
    gardees = {**request.session.get(CLE_SESSION, {})}
    choisies = [titre[:TITRE_MAX] for titre in titres][:AU_PLUS]
    gardees.pop(chemin, None)
    if choisies:
        gardees[chemin] = choisies
    request.session[CLE_SESSION] = gardees
