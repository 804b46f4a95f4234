"""Un serveur SMTP local qui garde les identifiants reçus, et qui peut tuer son correspondant à l'instant choisi."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

AVANT, PENDANT, APRES = "avant", "pendant", "apres"  # le message, la réponse


class Puits:
    """Reçoit tout, au bout de `lenteur` secondes. `piege` = (instant, geste) : le geste a lieu une fois, à cet instant."""

    def __init__(self, lenteur: float = 0) -> None:
        self.lenteur = lenteur
        self.recus: Counter[str] = Counter()
        self.connexions = 0
        self.piege: tuple[str, Callable[[], None]] | None = None

    def _declencher(self, instant: str) -> None:
        if self.piege and self.piege[0] == instant:
            geste, self.piege = self.piege[1], None
            geste()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connexions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        self._declencher(AVANT)
        if address.startswith("inconnu"):
            return "550 5.1.1 Adresse inconnue ici"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.recus[message_from_bytes(envelope.content)["Message-ID"]] += 1
        await asyncio.sleep(self.lenteur)
        self._declencher(PENDANT)
        if self.piege and self.piege[0] == APRES:
            asyncio.get_running_loop().call_later(0, self._declencher, APRES)
        return f"250 2.0.0 Ok: queued as {sum(self.recus.values())}"


def port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]


class Serveur:
    """Le puits à l'écoute d'un port libre, le temps d'un bloc `with`."""

    def __init__(self, lenteur: float = 0) -> None:
        self.puits = Puits(lenteur)
        self.port = port_libre()
        self._controleur = _Controleur(self.puits, hostname="127.0.0.1", port=self.port, ready_timeout=30)

    def __enter__(self) -> Serveur:
        self._controleur.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controleur.stop()


class _Controleur(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, enable_SMTPUTF8=True, data_size_limit=None)


def main() -> None:
    """Un puits dans son propre processus, pour mesurer : il écrit son port, et s'arrête avec son entrée."""
    with Serveur() as serveur:
        print(serveur.port, flush=True)
        input()
        print(sum(serveur.puits.recus.values()), serveur.puits.connexions, flush=True)


if __name__ == "__main__":
    main()
