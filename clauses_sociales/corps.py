"""Le corps d'une requête arrive entier, et à temps : sinon rien n'en est lu.

gunicorn lit le corps dans le fil qui sert la page : envoyé un octet par seconde, il le retient aussi longtemps qu'on veut, et
rend sans rien dire un corps coupé en route. Le mandataire livré attend le corps à notre place ; ceci protège qui n'en a pas.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest


class CorpsCoupe(BadRequest):
    """Page 400 : aucun formulaire ne s'enregistre à moitié."""


class CorpsEntier:
    """`wsgi.input`, qui refuse de finir avant la longueur annoncée."""

    def __init__(self, flux: Any, longueur: int):
        self._flux, self._reste = flux, longueur

    def read(self, taille: int = -1) -> bytes:
        attendus = self._attendus(taille)
        lu = self._flux.read(attendus)
        return self._compter(lu, finie=len(lu) == attendus)

    def readline(self, taille: int = -1) -> bytes:
        attendus = self._attendus(taille)
        lu = self._flux.readline(attendus)
        return self._compter(lu, finie=len(lu) == attendus or lu.endswith(b"\n"))

    def _attendus(self, taille: int) -> int:
        return self._reste if taille < 0 else min(taille, self._reste)

    def _compter(self, lu: bytes, *, finie: bool) -> bytes:
        if not finie:
            raise CorpsCoupe("Le corps de la requête n'est pas arrivé en entier.")
        self._reste -= len(lu)
        return lu


class CorpsBorne:
    """L'application WSGI, qui n'attend pas un corps plus de `delai` secondes."""

    def __init__(self, application: Callable[..., Iterable[bytes]], delai: float):
        self._application, self._delai = application, delai

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        longueur = environ.get("CONTENT_LENGTH") or "0"
        prise = environ.get("gunicorn.socket")
        if prise is None or not longueur.isdecimal() or longueur == "0":
            return self._application(environ, start_response)
        environ["wsgi.input"] = CorpsEntier(environ["wsgi.input"], int(longueur))
        # Ne plus rien recevoir n'empêche pas de répondre : une page lente à faire n'en souffre pas.
        minuterie = threading.Timer(self._delai, _ne_plus_recevoir, [prise])
        minuterie.daemon = True
        minuterie.start()
        try:
            return self._application(environ, start_response)
        finally:
            minuterie.cancel()


def _ne_plus_recevoir(prise: socket.socket) -> None:
    with contextlib.suppress(OSError):
        prise.shutdown(socket.SHUT_RD)
