"""Un PostgreSQL à soi, que l'on peut arrêter net et relancer."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.puits import port_libre


class Postgres:
    """Un serveur privé sur 127.0.0.1. initdb refuse root : il tourne alors sous le compte du paquet."""

    def __init__(self, dossier: Path) -> None:
        self.dossier, self.port = dossier, port_libre()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        if os.getuid() == 0:
            shutil.chown(dossier, "postgres")
        self._lancer("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8")
        self.demarrer()

    def demarrer(self) -> None:
        ecoute = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._lancer("pg_ctl", "-l", str(self.dossier / "journal"), "-w", "-o", ecoute, "start")

    def arreter_net(self) -> None:
        """Sans prévenir personne : les connexions tombent, les transactions en cours avec elles."""
        self._lancer("pg_ctl", "-m", "immediate", "-w", "stop")

    def _lancer(self, outil: str, *options: str) -> None:
        commande = [_chemin(outil), "-D", str(self.dossier / "base"), *options]
        if os.getuid() == 0:
            commande = ["runuser", "-u", "postgres", "--", *commande]
        subprocess.run(commande, check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory() as dossier:
        serveur = Postgres(Path(dossier))
        try:
            yield serveur
        finally:
            serveur.arreter_net()


def _chemin(outil: str) -> str:
    """Sur le PATH, ou dans la plus récente des versions que Debian range à part."""
    ranges = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{outil}"), key=lambda chemin: int(chemin.parts[4]))
    trouve = str(ranges[-1]) if ranges else shutil.which(outil)
    if not trouve:
        raise SystemExit(f"{outil} manque : installez le paquet postgresql.")
    return trouve
