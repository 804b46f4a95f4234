"""Des envois d'un octet par seconde pendant que l'on demande une page : l'application seule, puis derrière nginx s'il est là.

`DATABASE_URL=… python -m bench.corps_lents [connexions]`. Rend, en JSON, la durée de chaque page. La configuration de nginx est
celle que l'on livre ; seuls ses ports, son certificat et ses journaux changent.
"""

import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.puits import port_libre
from bench.serveur import gunicorn

LIVREE = Path(__file__).parent.parent / "deploiement" / "nginx.conf"
PAGES = 8
ENVOI = (
    b"POST /compte/connexion/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n"
)


def goutte_a_goutte(port: int, fini: threading.Event) -> None:
    with socket.create_connection(("127.0.0.1", port)) as prise:
        try:
            prise.sendall(ENVOI)
            while not fini.wait(1):
                prise.sendall(b"a")
        except OSError:
            return  # coupé : c'est ce que l'on veut


def demander(port: int) -> None:
    urllib.request.urlopen(f"http://127.0.0.1:{port}/sante/", timeout=15).read()


def chauffer(port: int) -> None:
    """Chaque travailleur a chargé l'application : ce n'est pas son démarrage que l'on mesure."""
    rapides = 0
    while rapides < 12:
        debut = time.monotonic()
        with contextlib.suppress(OSError):
            demander(port)
        rapides = rapides + 1 if time.monotonic() - debut < 1 else 0


def durees(port: int, connexions: int) -> list[float]:
    """Les secondes de chaque page demandée pendant que `connexions` envois traînent ; -1 si elle n'est pas venue en 15 s."""
    chauffer(port)
    fini = threading.Event()
    lents = [threading.Thread(target=goutte_a_goutte, args=(port, fini)) for _ in range(connexions)]
    for lent in lents:
        lent.start()
    time.sleep(2)
    mesurees = []
    for _ in range(PAGES):
        debut = time.monotonic()
        try:
            demander(port)
            mesurees.append(round(time.monotonic() - debut, 2))
        except OSError:
            mesurees.append(-1.0)
        time.sleep(1)
    fini.set()
    for lent in lents:
        lent.join()
    return mesurees


@contextmanager
def nginx(application: int) -> Iterator[int]:
    """La configuration livrée, sans TLS, devant l'application."""
    port, dossier = port_libre(), Path(tempfile.mkdtemp())
    livree = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", LIVREE.read_text(), flags=re.DOTALL)
    livree = re.sub(r"\n    ssl_.*", "", livree).replace("listen 443 ssl http2", f"listen 127.0.0.1:{port}")
    livree = livree.replace("127.0.0.1:8000", f"127.0.0.1:{application}").replace("/var/log/nginx", str(dossier))
    configuration = dossier / "nginx.conf"
    configuration.write_text(
        f"daemon off;\npid {dossier}/pid;\nerror_log {dossier}/erreurs.log;\nevents {{}}\nhttp {{\n{livree}\n}}\n"
    )
    processus = subprocess.Popen(["nginx", "-c", str(configuration)])
    try:
        time.sleep(1)
        yield port
    finally:
        processus.terminate()
        processus.wait(10)
        shutil.rmtree(dossier)


if __name__ == "__main__":
    connexions = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    with gunicorn() as serveur:
        releve = {"connexions": connexions, "seule": durees(serveur.port, connexions)}
    if shutil.which("nginx"):
        with gunicorn() as serveur, nginx(serveur.port) as port:
            releve["derriere_nginx"] = durees(port, connexions)
    print(json.dumps(releve))
