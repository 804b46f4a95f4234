"""Des zones sur un plan : des contours numérotés, d'autant plus foncés que leur valeur est forte."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from socle.graphiques.dessin import COULEURS, ECRAN, Rendu, Toile


@dataclass(frozen=True, slots=True)
class Zone:
    """`chemin` est un tracé SVG ; `numero` renvoie au tableau, vide pour une zone de fond ; `force` va de 0 à 1."""

    nom: str
    chemin: str
    x: float
    y: float
    numero: str = ""
    force: float = 0
    texte: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    largeur: int
    hauteur: int
    echelle_px: float
    echelle_texte: str


def zones(
    cle: str, titre: str, plan: Plan, dessinees: Sequence[Zone], *, fond: Sequence[Zone] = (), rendu: Rendu = ECRAN
) -> SafeString:
    """Le nord en haut. Le numéro, jamais la seule couleur, dit de quelle zone il s'agit. `fond` : un filet et un nom."""
    toile = Toile(cle, titre, replace(rendu, largeur=plan.largeur), plan.hauteur)
    for zone in fond:
        toile.forme(
            "path",
            d=zone.chemin,
            fill="none",
            fill_rule="evenodd",
            stroke=rendu.encre,
            stroke_width=1,
            stroke_opacity=0.35,
        )
        toile.texte(zone.x, zone.y, zone.nom, ancre="middle", echelle=1.2)
    for zone in dessinees:
        toile.forme(
            "path",
            d=zone.chemin,
            class_="serie-1",
            fill=COULEURS[0],
            fill_opacity=0.12 + 0.5 * zone.force if zone.numero else 0.04,
            fill_rule="evenodd",
            stroke=rendu.encre,
            stroke_width=1.5 if zone.numero else 1,
            stroke_dasharray=None if zone.numero else "5 4",
            stroke_linejoin="round",
        )
    for zone in dessinees:
        if zone.numero:
            toile.texte(zone.x, zone.y + 11, zone.numero, ancre="middle", gras=True, echelle=2.2)
            toile.phrases.append(f"{zone.numero}. {zone.nom} : {zone.texte}")
    bas = plan.hauteur
    toile.forme(
        "path", d=f"M12,{bas - 14}v6h{plan.echelle_px:.1f}v-6", fill="none", stroke=rendu.encre, stroke_width=1.5
    )
    toile.texte(12, bas - 20, plan.echelle_texte, echelle=1.5)
    return toile.rendre()
