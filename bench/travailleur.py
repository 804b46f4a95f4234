"""Un vrai travailleur Celery, dans son propre processus, que l'on peut tuer."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def travailleur(milieu: Mapping[str, str]) -> Iterator[subprocess.Popen]:
    """Un travailleur d'un seul processus enfant ; tué en sortant, s'il vit encore."""
    options = ["--pool=prefork", "--concurrency=1", "--queues=celery,pdf", "--loglevel=ERROR"]
    commande = [sys.executable, "-m", "celery", "--quiet", "-A", "clauses_sociales", "worker", *options]
    processus = subprocess.Popen(
        [*commande, "--without-gossip", "--without-mingle"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "clauses_sociales.settings", "PYTHONWARNINGS": "ignore", **milieu},
        start_new_session=True,
    )
    try:
        yield processus
    finally:
        tuer(processus)


def tuer(processus: subprocess.Popen) -> None:
    """`kill -9` sur le travailleur et ses enfants."""
    if processus.poll() is None:
        os.killpg(processus.pid, signal.SIGKILL)
    processus.wait(10)
