"""Les panneaux d'une fiche : un étage du dessus ajoute sa section à la page d'un objet, sans que l'objet le connaisse.

Un bouton en tête de la page s'y ajoute de même, sous « marches.engagement.gestes » : `composants/geste.html`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Contexte = Callable[..., dict[str, Any]]
Inscription = Callable[[Contexte], Contexte]


@dataclass(frozen=True, slots=True)
class Panneau:
    """Une section : son gabarit, les rôles qui la voient, et `contexte(acteur, objet) -> dict` (variable `panneau`).

    `cote` : ce que l'on consulte en passant, à droite de ce que l'on fait, là où la page a deux colonnes.
    """

    gabarit: str
    contexte: Contexte
    acces: frozenset[str]
    ordre: int
    cote: bool = False


@dataclass(frozen=True, slots=True)
class PanneauRempli:
    gabarit: str
    contexte: dict[str, Any]
    cote: bool = False


GESTES, UN_GESTE = ".gestes", "composants/geste.html"
_REGISTRE: dict[str, list[Panneau]] = {}


def panneau(fiche: str, *, gabarit: str, acces: Iterable[str], ordre: int, cote: bool = False) -> Inscription:
    """Inscrit une fonction `(acteur, objet) -> dict` comme panneau d'une fiche, nommée par son modèle (« marches.marche »)."""

    def inscrire(contexte: Contexte) -> Contexte:
        panneaux = _REGISTRE.setdefault(fiche, [])
        panneaux.append(Panneau(gabarit, contexte, frozenset(acces), ordre, cote))
        panneaux.sort(key=lambda p: (p.ordre, p.gabarit))
        return contexte

    return inscrire


def panneaux_de(acteur: Any, objet: Any, fiche: str = "") -> list[PanneauRempli]:
    """Les panneaux de la page de l'objet (ou d'une autre, nommée) que le rôle de l'acteur permet, remplis, dans l'ordre."""
    return [
        PanneauRempli(p.gabarit, p.contexte(acteur, objet), p.cote)
        for p in _REGISTRE.get(fiche or objet._meta.label_lower, [])
        if acteur.role in p.acces
    ]
