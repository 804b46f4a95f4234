"""Ce qui attend autour d'un seul objet : les mêmes sources qu'à l'accueil, réduites à lui, en une requête."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import Q

from socle.a_faire.lecture import Trouvee, lire
from socle.a_faire.registre import Attente, sources_de
from socle.composants import LigneAFaire
from socle.enums import Moment

MONTREES = 5  # par source et par moment : la page d'un objet en montre peu, l'accueil montre tout


@dataclass(frozen=True, slots=True)
class Dossier:
    """Ce qui revient à l'acteur, et ce qu'il attend d'un autre, le plus pressé d'abord."""

    a_faire: list[LigneAFaire]
    attendues: list[LigneAFaire]


def dossier_de(acteur, le: datetime.date, sources: Mapping[str, Q]) -> Dossier:
    """Les sources nommées, chacune réduite à ce que dit son filtre ; une source calculée hors de la base n'y est pas."""
    attentes = {}
    for source in sources_de(acteur):
        attente = source.lire(acteur, le) if source.cle in sources else None
        if isinstance(attente, Attente):
            attentes[source] = replace(attente, objets=attente.objets.filter(sources[source.cle]))
    partout = {source: dict.fromkeys(Moment, 1) for source in attentes}
    trouvees = lire(acteur, attentes, partout, dict.fromkeys(attentes, MONTREES), le)
    rangees = sorted(trouvees, key=_pressee)
    return Dossier(
        [t.ligne for t in rangees if not t.source.attend],
        [t.ligne for t in rangees if t.source.attend],
    )


def _pressee(trouvee: Trouvee) -> tuple[bool, datetime.date]:
    return trouvee.jour is None, trouvee.jour or datetime.date.max
