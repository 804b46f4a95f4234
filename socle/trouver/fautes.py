"""Une faute pardonnée : une lettre de trop, de moins, une autre, ou deux voisines échangées (« gymanse »). Sans base."""

import itertools
import re
from collections.abc import Sequence

from rapidfuzz.distance import OSA

_MOT = re.compile(r"[^ \-'/·,.;:()]+")
LONGUEUR_MIN = 4  # en deçà, une lettre d'écart trouverait n'importe quoi


def a_une_faute_pres(mots: Sequence[str], plie: str) -> bool:
    """Chaque mot tapé commence, à une faute près, l'un des mots du texte plié, ou deux qui se suivent (« lepoitevin »)."""
    suivis = _MOT.findall(plie)
    debuts = {*suivis, *(f"{un}{autre}" for un, autre in itertools.pairwise(suivis))}
    return all(any(_commence(mot, debut) for debut in debuts) for mot in mots)


def _commence(mot: str, debut: str) -> bool:
    if debut.startswith(mot):
        return True
    if len(mot) < LONGUEUR_MIN:
        return False
    longueurs = {len(mot) - 1, len(mot), len(mot) + 1}
    return any(OSA.distance(mot, debut[:longueur], score_cutoff=1) <= 1 for longueur in longueurs)
