"""Des travaux dans des processus nés d'un `fork` : chacun emporte la mémoire du parent, rend un résultat et meurt."""

import itertools
import json
import os
import resource
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

MEMOIRE_D_UN_ENFANT = 6 * 1024**3


@dataclass
class Enfant:
    """Un processus né d'un `fork`, et le fichier où il rend son résultat."""

    pid: int
    sortie: Any

    @classmethod
    def naitre(cls, travail: Callable[[], object]) -> "Enfant":
        sortie = tempfile.TemporaryFile()  # noqa: SIM115  (le parent le lit plus tard)
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            return cls(pid, sortie)
        resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE_D_UN_ENFANT, MEMOIRE_D_UN_ENFANT))
        muet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(muet, 1)
        os.dup2(muet, 2)
        try:
            rendu = json.dumps({"rendu": travail()})
        except BaseException:
            rendu = json.dumps({"panne": traceback.format_exc()})
        sortie.write(rendu.encode())
        sortie.flush()
        os._exit(0)

    def resultat(self) -> Any:
        """Rien si un signal l'a arrêté avant qu'il n'ait rendu."""
        self.sortie.seek(0)
        lu = json.loads(self.sortie.read() or '{"rendu": null}')
        self.sortie.close()
        if "panne" in lu:
            raise RuntimeError(lu["panne"])
        return lu["rendu"]


def menager(travaux: Iterable[tuple[Any, Callable[[], object]]], au_plus: int) -> Iterable[tuple[Any, Any]]:
    """(nom, résultat) de chaque travail, dans l'ordre où ils finissent, `au_plus` enfants à la fois."""
    en_cours: dict[int, tuple[Any, Enfant]] = {}
    for nom, travail in itertools.chain(travaux, [(None, None)]):
        while en_cours and (len(en_cours) >= au_plus or travail is None):
            pid, _ = os.wait()
            if pid in en_cours:
                fini, enfant = en_cours.pop(pid)
                yield fini, enfant.resultat()
        if travail is not None:
            enfant = Enfant.naitre(travail)
            en_cours[enfant.pid] = (nom, enfant)
