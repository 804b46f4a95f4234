"""Des effectifs lus ensemble isolent-ils quelqu'un ? Toutes leurs combinaisons linéaires, à coefficients quelconques. Pur.

Un effectif publié est un ensemble de personnes (ou de lignes d'heures, qui ont chacune leur personne). Une combinaison
d'effectifs est une fonction sur les personnes : si elle ne garde qu'une à quatre d'entre elles, elle les décrit. Les
personnes de même signature (dans les mêmes effectifs) vont ensemble : cinq ou plus, aucune combinaison ne doit les garder.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from fractions import Fraction
from itertools import combinations
from math import comb

SEUIL = 5
# Au-delà, on ne cherche plus : trop de documents se croisent, la case est tenue pour isolée.
COMBINAISONS_AU_PLUS = 4000
type Vecteur = list[Fraction]
type Effectif = frozenset[Hashable]


def isole(
    anciens: Iterable[Effectif], neuf: Effectif, a_qui: Callable[[Hashable], Hashable] = lambda element: element
) -> bool:
    """Vrai si une combinaison où entre `neuf` ne garde que d'une à quatre personnes."""
    connus = list(dict.fromkeys(effectif for effectif in anciens if effectif and effectif != neuf))
    if not neuf or (len(set(map(a_qui, neuf))) >= SEUIL and not any(neuf & connu for connu in connus)):
        return False
    effectifs = [neuf, *connus]
    signatures: dict[Hashable, set[tuple[int, ...]]] = defaultdict(set)
    for element in frozenset().union(*effectifs):
        signatures[a_qui(element)].add(tuple(int(element in effectif) for effectif in effectifs))
    toutes = {signature for siennes in signatures.values() for signature in siennes}
    if any(combinaison[0] for combinaison in noyau(sorted(toutes), len(effectifs))):
        return False  # il se calculait déjà des autres : il n'apprend rien
    nombres: dict[frozenset[tuple[int, ...]], int] = defaultdict(int)
    for siennes in signatures.values():
        nombres[frozenset(siennes)] += 1
    nombreux = {signature for sorte, nombre in nombres.items() if nombre >= SEUIL for signature in sorte}
    rares = [(sorte, nombre) for sorte, nombre in nombres.items() if nombre < SEUIL]
    libres = noyau(nombreux, len(effectifs))
    return bool(libres and rares) and _une_direction_isole(libres, rares)


def _une_direction_isole(libres: Sequence[Vecteur], rares: Sequence[tuple[frozenset[tuple[int, ...]], int]]) -> bool:
    """Parmi les combinaisons nulles sur tous les groupes nombreux, une de support minimal en a-t-elle moins de cinq ?"""
    lignes = sorted({signature for sorte, _ in rares for signature in sorte})
    images = {s: [_produit(libre, s) for libre in libres] for s in lignes}
    utiles = [s for s in lignes if any(images[s])]
    dimension = len(libres) - len(noyau([images[s] for s in utiles], len(libres)))
    if not dimension or comb(len(utiles), dimension - 1) > COMBINAISONS_AU_PLUS:
        return bool(dimension)
    for nulles in combinations(utiles, dimension - 1):
        for direction in noyau([images[s] for s in nulles], len(libres)):
            gardees = {s for s in utiles if _produit(direction, images[s])}
            personnes = sum(nombre for sorte, nombre in rares if sorte & gardees)
            avec_le_neuf = sum((c * libre[0] for c, libre in zip(direction, libres, strict=True)), Fraction(0))
            if 0 < personnes < SEUIL and avec_le_neuf:
                return True
    return False


def noyau(lignes: Collection[Sequence[int | Fraction]], largeur: int) -> list[Vecteur]:
    """Une base des vecteurs que toutes ces lignes annulent."""
    reduites: list[Vecteur] = []
    pivots: list[int] = []
    for ligne in lignes:
        reste = [Fraction(valeur) for valeur in ligne]
        for reduite, pivot in zip(reduites, pivots, strict=True):
            if reste[pivot]:
                reste = [a - reste[pivot] * b for a, b in zip(reste, reduite, strict=True)]
        pivot = next((rang for rang, valeur in enumerate(reste) if valeur), largeur)
        if pivot == largeur:
            continue
        reste = [valeur / reste[pivot] for valeur in reste]
        reduites = [[a - r[pivot] * b for a, b in zip(r, reste, strict=True)] for r in reduites]
        reduites.append(reste)
        pivots.append(pivot)
    base = []
    for libre in (rang for rang in range(largeur) if rang not in pivots):
        vecteur = [Fraction(int(rang == libre)) for rang in range(largeur)]
        for reduite, pivot in zip(reduites, pivots, strict=True):
            vecteur[pivot] = -reduite[libre]
        base.append(vecteur)
    return base


def _produit(gauche: Sequence[Fraction], droite: Sequence[int | Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(gauche, droite, strict=True)), Fraction(0))
