"""Les travaux périodiques : chaque structure, puis chaque ligne, à part.

Celle qui échoue est comptée, dite à l'administrateur par sa clé, et les autres passent.
"""

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F, Model
from django.utils import timezone

from socle.models import EchecTravail

journal_technique = logging.getLogger(__name__)


@dataclass(slots=True)
class Passage:
    """Un passage d'un travail, et les échecs qu'il a consignés."""

    travail: str
    echecs: set[int] = field(default_factory=set)


_EN_COURS: ContextVar[Passage | None] = ContextVar("passage d'un travail", default=None)


def travail[**P, R](nom: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Le passage d'un travail périodique. Allé au bout, il efface les échecs d'avant que celui-ci n'a pas revus."""

    def decorer(service: Callable[P, R]) -> Callable[P, R]:
        @wraps(service)
        def passer(*args: P.args, **options: P.kwargs) -> R:
            passage = Passage(nom)
            jeton = _EN_COURS.set(passage)
            try:
                resultat = service(*args, **options)
            finally:
                _EN_COURS.reset(jeton)
            EchecTravail.objects.filter(travail=nom).exclude(pk__in=passage.echecs).delete()
            if passage.echecs:
                journal_technique.error("%s : %d échec(s)", nom, len(passage.echecs))
            return resultat

        return passer

    return decorer


def pour_chacun[T: Model, R](objets: Iterable[T], geste: Callable[[T], R]) -> Iterator[R]:
    """Ce que rend le geste, objet par objet, à mesure ; celui qui échoue n'arrête pas les suivants."""
    for objet in objets:
        with isoler(objet):
            yield geste(objet)


@contextmanager
def isoler(objet: Model) -> Iterator[None]:
    """Consigne l'échec de cet objet au lieu de le lever ; hors d'un travail périodique, rien n'est retenu.

    La base partie ou le temps fini arrêtent tout : le prochain passage reprendra où l'on en est.
    """
    passage = _EN_COURS.get()
    try:
        yield
    except SoftTimeLimitExceeded:
        raise
    except Exception as erreur:
        la_base_est_partie = isinstance(erreur, OperationalError | InterfaceError) and not connection.is_usable()
        if passage is None or la_base_est_partie:
            raise
        passage.echecs.add(_consigner(passage.travail, objet, erreur))


def _consigner(nom: str, objet: Model, erreur: Exception) -> int:
    """Le message d'une erreur peut citer un nom ou une adresse : on n'en garde que le genre, et où elle est née."""
    cle = str(getattr(objet, "uuid", objet.pk))
    genre = type(erreur).__name__
    journal_technique.error(
        "%s : %s %s, %s\n%s",
        nom,
        objet._meta.verbose_name,
        cle,
        genre,
        "".join(traceback.format_tb(erreur.__traceback__)),
    )
    echec, _ = EchecTravail.objects.get_or_create(travail=nom, objet=str(objet._meta.verbose_name), cle=cle)
    EchecTravail.objects.filter(pk=echec.pk).update(
        erreur=genre[:80], essais=F("essais") + 1, modifie_le=timezone.now()
    )
    return echec.pk
