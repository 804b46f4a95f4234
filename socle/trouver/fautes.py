"""Une faute pardonnée : une lettre de trop, de moins, une autre, ou deux voisines échangées (« gymanse »). Sans base."""

import itertools
from collections.abc import Sequence

from rapidfuzz.distance import OSA

_ENTRE_LES_MOTS = str.maketrans(dict.fromkeys("-'/·,.;:()", " "))
LONGUEUR_MIN = 4  # en deçà, une lettre d'écart trouverait n'importe quoi


class AUneFautePres:
    """Les textes pliés où chaque mot tapé commence, à une faute près, un mot ou deux qui se suivent (« lepoitevin »).

    Les mêmes mots reviennent de texte en texte : chacun ne se compare qu'une fois.
    """

    def __init__(self, mots: Sequence[str]):
        self._mots: list[tuple[str, dict[str, bool]]] = [(mot, {}) for mot in mots]

    def __call__(self, plie: str) -> bool:
        suivis = plie.translate(_ENTRE_LES_MOTS).split()
        debuts = [*suivis, *(f"{un}{autre}" for un, autre in itertools.pairwise(suivis))]
        return all(any(_lu(mot, debut, vus) for debut in debuts) for mot, vus in self._mots)


def _lu(mot: str, debut: str, vus: dict[str, bool]) -> bool:
    if debut not in vus:
        vus[debut] = _commence(mot, debut)
    return vus[debut]


def _commence(mot: str, debut: str) -> bool:
    if debut.startswith(mot):
        return True
    if len(mot) < LONGUEUR_MIN or not _s_entament_pareil(mot, debut):
        return False
    longueurs = (len(mot), len(mot) - 1, len(mot) + 1)
    return any(OSA.distance(mot, debut[:longueur], score_cutoff=1) <= 1 for longueur in longueurs)


def _s_entament_pareil(mot: str, debut: str) -> bool:
    """Une seule faute laisse toujours l'une des deux premières lettres à sa place, ou à celle d'à côté : vite écarté sinon."""
    return debut[:1] in mot[:2] or mot[:1] in debut[:2] or mot[1:2] == debut[1:2]
