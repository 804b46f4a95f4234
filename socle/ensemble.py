"""Un geste fait d'un coup sur plusieurs lignes d'une liste : toutes celles qu'elle filtre, ou celles que l'on a cochées.

Chaque ligne passe par le service d'un geste seul, avec son verdict : celle qui est refusée n'arrête pas les autres, et son
motif se dit. Chaque étage inscrit les siens au nom d'une liste (`ListeView.ensemble`), qui ne le connaît pas ;
`socle.services.ensemble` les fait.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from socle.nombres import accorder
from socle.permissions import peut_ecrire
from socle.regles import Verdict

PARAMETRE, COCHE = "geste", "ligne"
NOMS_DITS = 8


def _toujours_utile(acteur: Any, ligne: Any, **precisions: Any) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GesteDEnsemble:
    """Ce qu'une liste sait faire de plusieurs lignes.

    `service(acteur, ligne, **precisions)` : le geste d'une seule ; `formulaire` demande ses précisions. `deja(acteur,
    ligne, **precisions)` : pourquoi il n'y aurait rien à faire, pour n'annoncer que ce qui arrive ; vide sinon.
    """

    nom: str
    libelle: str
    fait: str
    faits: str
    service: Callable[..., Any]
    permis: Callable[[Any], Verdict] = peut_ecrire
    formulaire: Any = None
    deja: Callable[..., str] = _toujours_utile
    aide: str = ""

    def dire_ce_qui_est_fait(self, nombre: int) -> str:
        return accorder(nombre, self.fait, self.faits)


_REGISTRE: dict[str, list[GesteDEnsemble]] = {}


def inscrire(liste: str, *gestes: GesteDEnsemble) -> None:
    """Ajoute des gestes à une liste, désignée par le nom qu'elle s'est donné (« marches.marche »)."""
    _REGISTRE.setdefault(liste, []).extend(gestes)


def gestes_de(liste: str) -> list[GesteDEnsemble]:
    return _REGISTRE.get(liste, [])


def archivage(service: Callable[..., Any], argument: str, *, fait: str, faits: str, aide: str) -> GesteDEnsemble:
    """« Archiver », pour une liste dont les lignes s'archivent elles-mêmes ; `argument` : comment le service les reçoit."""

    return GesteDEnsemble(
        nom="archiver",
        libelle="Archiver",
        fait=fait,
        faits=faits,
        service=partial(_archiver, service, argument),
        deja=_deja_archive,
        aide=aide,
    )


def _archiver(service: Callable[..., Any], argument: str, acteur: Any, ligne: Any) -> None:
    service(acteur=acteur, archiver=True, **{argument: ligne})


def _deja_archive(acteur: Any, ligne: Any) -> str:
    return "déjà dans l'archive." if ligne.est_archive else ""


@dataclass(slots=True)
class CompteRendu:
    """Ce qu'un geste d'ensemble a fait, et ce qu'il a laissé, ligne par ligne."""

    faites: list[str] = field(default_factory=list)
    laissees: list[tuple[str, str]] = field(default_factory=list)

    def par_motif(self) -> list[str]:
        """« 2 lignes laissées (2026-014, 2026-015) : ce marché est archivé. », un motif à la fois."""
        motifs: dict[str, list[str]] = {}
        for nom, motif in self.laissees:
            motifs.setdefault(motif, []).append(nom)
        return [
            f"{accorder(len(noms), 'ligne laissée', 'lignes laissées')} ({enumerer(noms)}) : {motif}"
            for motif, noms in motifs.items()
        ]


def enumerer(noms: list[str]) -> str:
    """Les premiers noms, et combien d'autres."""
    dits = ", ".join(noms[:NOMS_DITS])
    return f"{dits} et {accorder(len(noms) - NOMS_DITS, 'autre')}" if len(noms) > NOMS_DITS else dits


def empreinte(lignes: Iterable[Any]) -> str:
    """De quelles lignes une page a demandé la confirmation : si la liste change entre-temps, rien ne se fait sans le dire."""
    return hashlib.sha256(" ".join(sorted(map(str, lignes))).encode()).hexdigest()[:32]
