"""Le dernier passage de chaque travail : ce que l'administrateur lit pour savoir que tout passe."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from socle.models import PassageTravail

journal_technique = logging.getLogger(__name__)


@dataclass(slots=True)
class Compte:
    """Ce qu'un passage traite, à dire avant qu'il finisse."""

    nombre: int | None = None


@contextmanager
def passage(travail: str) -> Iterator[Compte]:
    """Le passage d'un travail hors du calendrier (une sauvegarde, un référentiel chargé), en décorateur ou le temps d'un bloc."""
    compte = Compte()
    commencer(travail)
    try:
        yield compte
    except BaseException as erreur:
        finir(travail, erreur=type(erreur).__name__)
        raise
    finir(travail, compte.nombre)


def commencer(travail: str) -> None:
    valeurs = {"commence_le": timezone.now(), "fini_le": None}
    _sans_arreter(lambda: PassageTravail.objects.update_or_create(travail=travail, defaults=valeurs))


def finir(travail: str, compte: int | None = None, erreur: str = "") -> None:
    """`erreur` : son genre seul, car son message peut citer quelqu'un."""
    maintenant = timezone.now()
    valeurs = {"fini_le": maintenant, "compte": compte, "erreur": erreur[:80]}
    if not erreur:
        valeurs["reussi_le"] = maintenant
    _sans_arreter(lambda: PassageTravail.objects.filter(travail=travail).update(**valeurs))


def _sans_arreter(ecrire) -> None:
    """Ne pas savoir qu'un travail passe ne l'empêche pas de passer."""
    try:
        ecrire()
    except (DatabaseError, InterfaceError) as panne:
        journal_technique.warning("Passage non noté : %s", type(panne).__name__)
