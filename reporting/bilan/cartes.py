"""Les quartiers prioritaires du territoire en cartes, une par ville : figées avec le bilan, comme ses chiffres.

Tous les quartiers du territoire y sont, dans la géographie en vigueur à la fin de la période : leur présence ne dit rien de
qui y habite, et le masque n'a rien à y cacher.
"""

import datetime
from itertools import groupby

from shapely.geometry.base import BaseGeometry

from reporting.donnees import CarteQuartiers
from reporting.lecture.releve import Releve
from territoires.fond_de_carte import communes_autour
from territoires.geometrie import dessiner, en_forme
from territoires.models import QuartierPrioritaire


def cartes_des_quartiers(releve: Releve, le: datetime.date) -> list[CarteQuartiers]:
    """Trois requêtes : les contours, leurs communes, celles d'autour. Deux villes éloignées ne tiennent pas sur un dessin."""
    quartiers = (
        QuartierPrioritaire.objects.en_vigueur(le)
        .filter(communes__in=releve.communes)
        .distinct()
        .prefetch_related("communes")
        .order_by("nom", "code")
    )
    autour = communes_autour(quartiers)
    par_lieu = sorted(((_lieu(quartier), quartier) for quartier in quartiers), key=lambda paire: paire[0])
    return [
        _carte(lieu, [quartier for _, quartier in groupe], autour)
        for lieu, groupe in groupby(par_lieu, lambda paire: paire[0])
    ]


def _lieu(quartier: QuartierPrioritaire) -> str:
    return ", ".join(sorted(commune.nom for commune in quartier.communes.all()))


def _carte(lieu: str, quartiers: list[QuartierPrioritaire], autour: list[tuple[str, BaseGeometry]]) -> CarteQuartiers:
    numerotes = [(rang, quartier.nom, en_forme(quartier.geometrie)) for rang, quartier in enumerate(quartiers)]
    carte = dessiner(numerotes, communes=autour)
    assert carte is not None
    return {
        "lieu": lieu,
        "largeur": carte.largeur,
        "hauteur": carte.hauteur,
        "quartiers": [
            {"code": quartier.code, "nom": quartier.nom, "chemin": trace.chemin, "x": trace.x, "y": trace.y}
            for quartier, trace in zip(quartiers, carte.traces, strict=True)
        ],
        "communes": [
            {"nom": commune.nom, "chemin": commune.chemin, "x": commune.x, "y": commune.y} for commune in carte.communes
        ],
        "echelle_px": carte.echelle_px,
        "echelle_texte": carte.echelle_texte,
    }
