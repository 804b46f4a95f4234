"""Ce que `manage.py verifier` contrôle des comptes."""

from collections.abc import Iterator

from comptes.services import secrets_illisibles
from socle.verifications import controle


@controle("Double authentification : chaque secret se déchiffre")
def secrets() -> Iterator[str]:
    yield from (f"utilisateur {cle} : chiffré sous une autre SECRET_KEY" for cle in secrets_illisibles())
