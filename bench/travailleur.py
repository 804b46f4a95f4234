"""Un vrai travailleur Celery, dans son propre processus, que l'on peut tuer."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def travailleur(milieu: Mapping[str, str], files: str = "celery,pdf", retrait: int = 0) -> Iterator[subprocess.Popen]:
    """Un travailleur d'un seul processus enfant ; tué en sortant, s'il vit encore.

    `retrait`, de 0 à 19 : combien il s'efface devant les autres quand le processeur manque.
    """
    options = ["--pool=prefork", "--concurrency=1", f"--queues={files}", "--loglevel=ERROR"]
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "clauses_sociales", "worker", *options]
    processus = subprocess.Popen(
        ["nice", "-n", str(retrait), *celery, "--without-gossip", "--without-mingle"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "clauses_sociales.settings", "PYTHONWARNINGS": "ignore", **milieu},
        start_new_session=True,
    )
    # Linux partage d'abord le processeur entre les sessions : `nice` ne joue qu'à l'intérieur, ceci entre elles.
    groupe = Path(f"/proc/{processus.pid}/autogroup")
    if retrait and groupe.exists():
        groupe.write_text(str(retrait))
    try:
        yield processus
    finally:
        tuer(processus)


def tuer(processus: subprocess.Popen) -> None:
    """`kill -9` sur le travailleur et ses enfants."""
    if processus.poll() is None:
        os.killpg(processus.pid, signal.SIGKILL)
    processus.wait(10)
