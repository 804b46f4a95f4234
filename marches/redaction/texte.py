"""Le petit langage des modèles de clause : des lignes, des champs, des passages selon la sorte. Rien ne s'y exécute.

## Un titre            - une puce            {{ champ }}            [tableau des lots]
[si critere] … [fin]   : le passage ne vaut que pour certaines clauses ; les conditions ne s'emboîtent pas.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

CHAMP = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
ACCOLADES = re.compile(r"\{\{|\}\}|\{%|%\}")
SI = re.compile(r"^\[si ([a-z_]+)\]$")
FIN, TABLEAU = "[fin]", "[tableau des lots]"


class ModeleRefuse(ValueError):
    """Un modèle mal écrit ; le message dit quoi corriger, et à quelle ligne."""


@dataclass(frozen=True, slots=True)
class Bloc:
    """Un morceau de texte : « titre », « paragraphe », « puce » ou « tableau » (ses lignes, la première en en-tête)."""

    genre: str
    texte: str = ""
    lignes: tuple[tuple[str, ...], ...] = ()

    def en_dict(self) -> dict[str, Any]:
        return {cle: valeur for cle, valeur in asdict(self).items() if valeur}


def bloc_de(brut: Mapping[str, Any]) -> Bloc:
    lignes = tuple(tuple(ligne) for ligne in brut.get("lignes", ()))
    return Bloc(brut["genre"], brut.get("texte", ""), lignes)


def champs_de(modele: str) -> set[str]:
    return set(CHAMP.findall(modele))


def controler(modele: str, champs: Collection[str], conditions: Collection[str]) -> None:
    """Refuse un champ ou une condition inconnus, une accolade seule, un passage mal fermé."""
    ouvert = 0
    for rang, ligne in enumerate(modele.splitlines(), 1):
        for champ in CHAMP.findall(ligne):
            if champ not in champs:
                raise ModeleRefuse(f"Ligne {rang} : le champ « {champ} » n'existe pas.")
        if ACCOLADES.search(CHAMP.sub("", ligne)):
            raise ModeleRefuse(
                f"Ligne {rang} : un champ s'écrit entre deux doubles accolades, par exemple {{{{ heures }}}}."
            )
        trouve = SI.match(ligne.strip())
        if trouve and trouve[1] not in conditions:
            raise ModeleRefuse(f"Ligne {rang} : la condition « {trouve[1]} » n'existe pas.")
        if trouve and ouvert:
            raise ModeleRefuse(f"Ligne {rang} : fermez d'abord le passage ouvert ligne {ouvert} par « [fin] ».")
        if ligne.strip() == FIN and not ouvert:
            raise ModeleRefuse(f"Ligne {rang} : « [fin] » ne ferme aucun passage.")
        ouvert = rang if trouve else 0 if ligne.strip() == FIN else ouvert
    if ouvert:
        raise ModeleRefuse(f"Le passage ouvert ligne {ouvert} n'est pas fermé par « [fin] ».")


def composer(
    modele: str, champs: Mapping[str, str], conditions: Collection[str], tableau: Iterable[tuple[str, ...]]
) -> list[Bloc]:
    """Les blocs du texte rempli. Une valeur n'est que du texte : ce qu'elle contient n'est jamais relu comme un modèle."""
    blocs, garde = [], True
    for ligne in modele.splitlines():
        nette = ligne.strip()
        if trouve := SI.match(nette):
            garde = trouve[1] in conditions
        elif nette == FIN:
            garde = True
        elif garde and nette:
            blocs.append(_bloc(nette, champs, tuple(tableau)))
    return blocs


def _bloc(ligne: str, champs: Mapping[str, str], tableau: tuple[tuple[str, ...], ...]) -> Bloc:
    if ligne == TABLEAU:
        return Bloc("tableau", lignes=tableau)
    genre, texte = "paragraphe", ligne
    for prefixe, nom in (("## ", "titre"), ("- ", "puce")):
        if ligne.startswith(prefixe):
            genre, texte = nom, ligne.removeprefix(prefixe)
    return Bloc(genre, CHAMP.sub(lambda m: champs.get(m[1], ""), texte))
