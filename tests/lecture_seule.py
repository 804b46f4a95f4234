"""Refuse toute écriture en base pendant une lecture (GET, HEAD). Seule la session peut bouger : l'expiration glisse."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# allauth inscrit l'adresse d'un compte à sa première lecture : c'est sa façon de la tenir à jour.
TABLES_PERMISES = frozenset({"django_session", "account_emailaddress"})
_SANS_EFFET = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN", "PRAGMA", "BEGIN", "DECLARE", "FETCH", "CLOSE")
_ECRITURE = re.compile(r'\s*(?:INSERT\s+INTO|INSERT\s+OR\s+\w+\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.I)


class EcritureEnLecture(AssertionError):
    """Une page lue écrit en base."""


def verifier_requete(sql: str) -> None:
    if sql.lstrip(" (\n").upper().startswith(_SANS_EFFET):  # PostgreSQL met une union entre parenthèses
        return
    trouve = _ECRITURE.match(sql)
    if trouve is None or trouve[1] not in TABLES_PERMISES:
        raise EcritureEnLecture(f"Un GET écrit en base : {sql[:200]}")


@contextmanager
def lecture_seule() -> Iterator[None]:
    def garde(executer, sql, parametres, plusieurs, contexte):
        verifier_requete(sql)
        return executer(sql, parametres, plusieurs, contexte)

    with connection.execute_wrapper(garde):
        yield
