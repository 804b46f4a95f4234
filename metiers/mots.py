"""Ce qu'un nom de métier garde pour se chercher : sans accents, sans genre, sans pluriel, sans petits mots."""

import re

from socle.texte import plier

SAISIE_MAX = 150  # le plus long libellé du répertoire en compte 110
_PETITS_MOTS = frozenset(
    {
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "e",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "ou",
        "par",
        "pour",
        "sur",
        "un",
        "une",
    }
)
_MOT = re.compile(r"[a-z0-9]+")
# Le féminin ramené au masculin, la terminaison la plus longue d'abord.
_TERMINAISONS = (
    ("trice", "teur"),
    ("euse", "eur"),
    ("eure", "eur"),
    ("iere", "ier"),
    ("ienne", "ien"),
    ("enne", "en"),
    ("onne", "on"),
    ("elle", "el"),
    ("effe", "ef"),
    ("ere", "er"),
    ("ive", "if"),
    ("e", ""),
)


def radical(mot: str) -> str:
    """« coffreuses » → « coffreur », « agente » → « agent », « peintre » → « peintr »."""
    seul = mot[:-1] if len(mot) > 3 and mot[-1] in "sx" else mot
    for feminin, masculin in _TERMINAISONS:
        if seul.endswith(feminin) and len(seul) - len(feminin) >= 2:
            return seul[: -len(feminin)] + masculin
    return seul


def radicaux(texte: str) -> list[str]:
    """Les radicaux d'un nom, chacun une fois : « Agent / Agente d'entretien » → ["agent", "entretien"]."""
    mots = _MOT.findall(plier(texte[:SAISIE_MAX]))
    return list(dict.fromkeys(radical(mot) for mot in mots if mot not in _PETITS_MOTS))


def cle(texte: str) -> str:
    """Le nom tel qu'il se compare, une espace avant et après chaque radical."""
    return f" {' '.join(radicaux(texte))} "
