"""Dessiner des quartiers en SVG : des chemins en pixels, une échelle, une place pour chaque numéro."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, box
from shapely.geometry.base import BaseGeometry

from territoires.geometrie.metrique import vers_metres
from territoires.geometrie.polygones import surfaces

# Petit, pour que les numéros se lisent encore sur un téléphone, où le dessin est réduit de moitié.
LARGEUR, HAUTEUR, MARGE = 560, 380, 30
ECHELLES_M = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
LETTRE_PX = 9  # la largeur d'une lettre d'un nom de commune, un peu large
DETAIL_PX = 0.4  # plus fin ne se voit pas et alourdit la page


@dataclass(frozen=True, slots=True)
class Trace:
    """Un quartier dessiné ; les nombres sont déjà écrits pour le SVG (point décimal)."""

    numero: int
    nom: str
    chemin: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Voisine:
    """Une commune autour des quartiers, coupée au cadre : son nom se lit où l'on en voit le plus, s'il y tient."""

    nom: str
    chemin: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Carte:
    largeur: int
    hauteur: int
    traces: list[Trace]
    fond: list[str]
    communes: list[Voisine]
    echelle_px: str
    echelle_texte: str


def dessiner(
    quartiers: Sequence[tuple[int, str, BaseGeometry]],
    fond: Iterable[BaseGeometry] = (),
    communes: Iterable[tuple[str, BaseGeometry]] = (),
) -> Carte | None:
    """La carte des quartiers (numéro, nom, forme WGS84), le nord en haut. Rien à voir : `None`.

    `fond` se trace sans numéro. `communes` (nom, forme) dit où l'on est, sans agrandir le cadre.
    """
    formes_du_fond = list(fond)
    formes = [forme for _, _, forme in quartiers] + formes_du_fond
    if not quartiers:
        return None
    ouest, sud, est, nord = _emprise(formes)
    centre = ((ouest + est) / 2, (sud + nord) / 2)
    plan = _Plan(_emprise([vers_metres(forme, *centre) for forme in formes]))
    traces = []
    for numero, nom, forme in quartiers:
        en_metres = vers_metres(forme, *centre)
        repere = max(surfaces(en_metres), key=lambda morceau: morceau.area).representative_point()
        x, y = plan.pixel(repere.x, repere.y)
        traces.append(Trace(numero, nom, plan.chemin(en_metres), f"{x:.1f}", f"{y:.1f}"))
    chemins_du_fond = [plan.chemin(vers_metres(forme, *centre)) for forme in formes_du_fond]
    longueur = max((e for e in ECHELLES_M if e * plan.pixels_par_metre <= LARGEUR / 4), default=ECHELLES_M[0])
    return Carte(
        largeur=LARGEUR,
        hauteur=HAUTEUR,
        traces=traces,
        fond=chemins_du_fond,
        communes=list(plan.voisines((nom, vers_metres(forme, *centre)) for nom, forme in communes)),
        echelle_px=f"{longueur * plan.pixels_par_metre:.1f}",
        echelle_texte=f"{longueur} m" if longueur < 1_000 else f"{longueur // 1_000} km",
    )


def _emprise(formes: Sequence[BaseGeometry]) -> tuple[float, float, float, float]:
    bornes = [forme.bounds for forme in formes]
    return min(b[0] for b in bornes), min(b[1] for b in bornes), max(b[2] for b in bornes), max(b[3] for b in bornes)


class _Plan:
    """Du plan local en mètres aux pixels de la page, sans déformer."""

    def __init__(self, emprise: tuple[float, float, float, float]):
        ouest, sud, est, nord = emprise
        utile_x, utile_y = LARGEUR - 2 * MARGE, HAUTEUR - 2 * MARGE
        self.pixels_par_metre = min(utile_x / max(est - ouest, 1), utile_y / max(nord - sud, 1))
        self.centre_x, self.centre_y = (ouest + est) / 2, (sud + nord) / 2

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        return (
            LARGEUR / 2 + (x - self.centre_x) * self.pixels_par_metre,
            HAUTEUR / 2 - (y - self.centre_y) * self.pixels_par_metre,
        )

    def voisines(self, communes: Iterable[tuple[str, BaseGeometry]]) -> Iterator[Voisine]:
        """Ce qui s'en voit dans le cadre ; une commune qui n'y entre pas n'y est pas."""
        demi_x, demi_y = LARGEUR / 2 / self.pixels_par_metre, HAUTEUR / 2 / self.pixels_par_metre
        cadre = box(self.centre_x - demi_x, self.centre_y - demi_y, self.centre_x + demi_x, self.centre_y + demi_y)
        for nom, forme in communes:
            vus = surfaces(shapely.intersection(forme, cadre))
            if vus:
                plus_vu = max(vus, key=lambda morceau: morceau.area)
                repere = plus_vu.representative_point()
                x, y = self.pixel(repere.x, repere.y)
                demi = len(nom) * LETTRE_PX / 2
                tient = (plus_vu.bounds[2] - plus_vu.bounds[0]) * self.pixels_par_metre > demi
                x = min(max(x, demi), LARGEUR - demi)
                yield Voisine(nom if tient else "", self.chemin(MultiPolygon(vus)), f"{x:.1f}", f"{y:.1f}")

    def chemin(self, forme: BaseGeometry) -> str:
        """L'attribut `d` de la forme simplifiée ; les trous se lisent avec fill-rule evenodd."""
        simple = forme.simplify(DETAIL_PX / self.pixels_par_metre)
        anneaux = [anneau for morceau in surfaces(simple) for anneau in (morceau.exterior, *morceau.interiors)]
        return " ".join(self._anneau(anneau.coords) for anneau in anneaux)

    def _anneau(self, points: Any) -> str:
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (self.pixel(*p[:2]) for p in points[:-1])) + "Z"
