"""Les graphiques : des fonctions pures qui rendent un SVG accessible, le même dans la page et dans le PDF.

Chacune reçoit une `cle` unique dans la page (elle nomme le titre et les trames), un titre qui dit ce que l'on voit, et
un `Rendu` : ECRAN, TELEPHONE ou PAPIER. Dans une page, le dessin – `adaptatif(barres, "heures", …)` – se met entre les
balises du composant `graphique`, qui lui joint la phrase et le tableau de ses données.
"""

from collections.abc import Callable
from typing import Any

from django.utils.safestring import SafeString

from socle.graphiques.barres import barres, barres_horizontales
from socle.graphiques.courbes import courbe, etincelle
from socle.graphiques.dessin import ECRAN, PAPIER, TELEPHONE, Bande, Part, Rendu, Serie
from socle.graphiques.parts import anneau, bande, jauge_heures, tient_en_bande
from socle.graphiques.zones import Plan, Zone, zones

__all__ = [
    "ECRAN",
    "PAPIER",
    "TELEPHONE",
    "Bande",
    "Part",
    "Plan",
    "Rendu",
    "Serie",
    "Zone",
    "adaptatif",
    "anneau",
    "bande",
    "barres",
    "barres_horizontales",
    "courbe",
    "etincelle",
    "jauge_heures",
    "tient_en_bande",
    "zones",
]


def adaptatif(fonction: Callable[..., SafeString], cle: str, *donnees: Any, **options: Any) -> SafeString:
    """Le même graphique en deux largeurs ; la feuille de style montre celle qui se lit sur l'écran présent."""
    large = fonction(cle, *donnees, rendu=ECRAN, **options)
    return large + fonction(f"{cle}-etroit", *donnees, rendu=TELEPHONE, **options)
