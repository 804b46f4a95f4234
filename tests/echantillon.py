"""Des saisies de même effet, tirées à tour de rôle : toutes sur PostgreSQL, où une colonne déborde ; quelques-unes sur SQLite."""

import zlib
from collections.abc import Sequence
from itertools import cycle, islice

from django.db import connection


def echantillon[Valeur](valeurs: Sequence[Valeur], cle: str, combien: int) -> list[Valeur]:
    """`combien` valeurs, choisies par la clé (une adresse, un champ) : d'une clé à l'autre, toutes passent."""
    if connection.vendor == "postgresql":
        return list(valeurs)
    depart = zlib.crc32(cle.encode()) % len(valeurs)
    return list(islice(cycle(valeurs), depart, depart + min(combien, len(valeurs))))
