"""Un vrai gunicorn, le temps d'un bloc `with`, avec les options de la mise en ligne."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.puits import port_libre

OPTIONS = ["--worker-class=gthread", "--workers=3", "--threads=4", "--reuse-port", "--log-level=error"]
DELAI = 60.0


@contextmanager
def serveur() -> Iterator[int]:
    """Le port où le site répond."""
    port = port_libre()
    commande = [sys.executable, "-m", "gunicorn", *OPTIONS, f"--bind=127.0.0.1:{port}"]
    processus = subprocess.Popen([*commande, "clauses_sociales.wsgi:application"])
    try:
        _attendre(port)
        yield port
    finally:
        processus.terminate()
        processus.wait(20)


def _attendre(port: int) -> None:
    fin = time.monotonic() + DELAI
    while time.monotonic() < fin:
        with socket.socket() as prise:
            if prise.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("gunicorn n'a pas démarré")
