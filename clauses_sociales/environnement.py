"""Lire les réglages dans l'environnement : une variable laissée vide vaut son défaut, pas « non » ni « zéro »."""

from collections.abc import Iterable
from typing import Any

import environ


class Environnement(environ.Env):
    """« HTTPS= », laissé vide dans .env, n'ôte pas le chiffrement. `vide_admis` : celles dont le vide veut dire quelque chose."""

    def __init__(self, vide_admis: Iterable[str] = ()):
        super().__init__()
        self._vide_admis = frozenset(vide_admis)
        self._lues: set[str] = set()

    def get_value(
        self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, parse_default: bool = False
    ) -> Any:
        self._lues.add(var)
        if self.ENVIRON.get(var) == "" and var not in self._vide_admis and default is not self.NOTSET:
            return default
        return super().get_value(var, cast=cast, default=default, parse_default=parse_default)

    def donnes(self) -> dict[str, str]:
        """Les variables que les réglages lisent et que l'environnement donne : ce qu'une sauvegarde en garde."""
        return {nom: self.ENVIRON[nom] for nom in sorted(self._lues) if self.ENVIRON.get(nom)}
