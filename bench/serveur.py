"""Un vrai gunicorn, dans ses propres processus, avec les options de la mise en ligne."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.puits import port_libre

OPTIONS = [
    "--worker-class=gthread",
    "--workers=3",
    "--threads=2",
    "--worker-connections=2",
    "--keep-alive=0",
    "--log-level=error",
]
DELAI = 60.0  # secondes


@dataclass(frozen=True)
class Gunicorn:
    port: int
    pid: int

    def processeur(self) -> float:
        """Ses secondes de processeur, travailleurs compris : elles ne dépendent pas de ce que fait la machine."""
        travailleurs = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        champs = [Path(f"/proc/{un}/stat").read_text().rpartition(")")[2].split() for un in (self.pid, *travailleurs)]
        return sum(int(c[11]) + int(c[12]) for c in champs) / os.sysconf("SC_CLK_TCK")


@contextmanager
def gunicorn() -> Iterator[Gunicorn]:
    """Le site servi sur un port libre de 127.0.0.1, le temps d'un bloc `with`."""
    port = port_libre()
    commande = [sys.executable, "-m", "gunicorn", *OPTIONS, f"--bind=127.0.0.1:{port}"]
    processus = subprocess.Popen([*commande, "clauses_sociales.wsgi:application"])
    try:
        _attendre(port)
        yield Gunicorn(port, processus.pid)
    finally:
        processus.terminate()
        processus.wait(DELAI)


def _attendre(port: int) -> None:
    limite = time.monotonic() + DELAI
    while time.monotonic() < limite:
        with socket.socket() as prise:
            if prise.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("gunicorn n'a pas démarré")
