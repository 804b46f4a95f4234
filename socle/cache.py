"""Le cache en panne n'est pas le site en panne : ce qu'il tenait passe au secours, et rien de périmé n'en revient.

Une panne, puis chaque écriture faite ailleurs pendant qu'elle dure, datent un témoin sur le disque, commun aux processus.
Cette date entre dans les clés : au retour de Redis, ce qu'il gardait d'avant (la session de qui vient de sortir) n'est plus lu.
"""

import contextlib
import logging
import os
import tempfile
import time
from collections.abc import Callable
from functools import partialmethod
from pathlib import Path
from typing import IO, Any, ClassVar

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache, default_key_func
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

journal_technique = logging.getLogger(__name__)
LECTURES = {"get", "get_many", "has_key"}


class CacheTolerant(BaseCache):
    """Redis, et le cache nommé par `SECOURS` quand il ne répond pas. `TEMOIN` : le fichier qui date la dernière panne."""

    PAUSE = 5.0  # secondes avant de redemander à un Redis qui ne répondait pas : une page ne l'attend pas dix fois
    _reessayer: ClassVar[float] = 0.0  # commun aux fils du processus

    def __init__(self, adresse: str, params: dict[str, Any]):
        super().__init__(params)
        self._secours, self._temoin = params["SECOURS"], Path(params["TEMOIN"])
        options = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 1)}
        self._redis = RedisCache(adresse, {**params, "KEY_FUNCTION": self._cle, "OPTIONS": options})

    def _cle(self, cle: str, prefixe: str, version: int) -> str:
        try:
            panne = self._temoin.stat().st_mtime_ns
        except FileNotFoundError:
            panne = 0
        return default_key_func(cle, f"{prefixe}:{panne}", version)

    def _faire(self, methode: str, *arguments: Any, **options: Any) -> Any:
        if time.monotonic() >= CacheTolerant._reessayer:
            try:
                return getattr(self._redis, methode)(*arguments, **options)
            except RedisError as panne:
                journal_technique.warning("Cache injoignable, le secours sert : %s", panne)
                CacheTolerant._reessayer = time.monotonic() + self.PAUSE
                self._dater()
        if methode not in LECTURES:
            self._dater()
        return getattr(caches[self._secours], methode)(*arguments, **options)

    def _dater(self) -> None:
        self._temoin.parent.mkdir(parents=True, exist_ok=True)
        self._temoin.touch()

    def repond(self) -> bool:
        """Redis répond-il maintenant ?"""
        with contextlib.suppress(RedisError):
            return bool(self._redis._cache.get_client().ping())
        return False

    add = partialmethod(_faire, "add")
    clear = partialmethod(_faire, "clear")
    delete = partialmethod(_faire, "delete")
    delete_many = partialmethod(_faire, "delete_many")
    get = partialmethod(_faire, "get")
    get_many = partialmethod(_faire, "get_many")
    has_key = partialmethod(_faire, "has_key")
    incr = partialmethod(_faire, "incr")
    set = partialmethod(_faire, "set")
    set_many = partialmethod(_faire, "set_many")
    touch = partialmethod(_faire, "touch")


class CacheFichiers(FileBasedCache):
    """Des fichiers, dont `add` est atomique : deux envois ensemble d'un formulaire n'en font qu'un."""

    # Les rouages de `FileBasedCache` que ses types ne montrent pas.
    _dir: str
    _createdir: Callable[[], None]
    _cull: Callable[[], None]
    _write_content: Callable[[IO[bytes], Any, Any], None]
    _key_to_file: Callable[[str, int | None], str]

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if self.has_key(key, version):  # efface au passage ce qui a expiré
            return False
        self._createdir()
        self._cull()
        descripteur, provisoire = tempfile.mkstemp(dir=self._dir)
        try:
            with os.fdopen(descripteur, "wb") as fichier:
                self._write_content(fichier, timeout, value)
            os.link(provisoire, self._key_to_file(key, version))
        except FileExistsError:
            return False
        finally:
            Path(provisoire).unlink()
        return True
