"""Des saisies de même effet, tirées à tour de rôle ; deux fois plus sur PostgreSQL, où une colonne déborde, que sur SQLite."""

import zlib
from collections.abc import Sequence
from itertools import cycle, islice

from django.db import connection


def echantillon[Valeur](valeurs: Sequence[Valeur], cle: str, combien: int) -> list[Valeur]:
    """`combien` valeurs, choisies par la clé (une adresse, un champ) : d'une clé à l'autre, toutes passent."""
    if connection.vendor == "postgresql":
        combien *= 2
    depart = _rang(valeurs, cle)
    return list(islice(cycle(valeurs), depart, depart + min(combien, len(valeurs))))


def tirer[Valeur](valeurs: Sequence[Valeur], cle: str) -> Valeur:
    """Une seule, sur les deux moteurs : d'une clé à l'autre, toutes passent."""
    return valeurs[_rang(valeurs, cle)]


def _rang(valeurs: Sequence, cle: str) -> int:
    return zlib.crc32(cle.encode()) % len(valeurs)
