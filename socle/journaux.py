"""Les journaux techniques : du JSON ou du texte, et rien de personnel.

Le jeton d'un lien ou d'une invitation y est caché, une adresse de courriel aussi. D'une erreur restent son genre et le chemin
dans le code : son message cite volontiers ce que quelqu'un a tapé, jusqu'au « Key (email)=(…) » de PostgreSQL.
"""

import logging
import re
import traceback
import uuid
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.http import HttpRequest, HttpResponseBase
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.processors import JSONRenderer, TimeStamper
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name

from socle.texte import cacher_les_jetons

ADRESSE = re.compile(r"[^\s@<>\"'(]+@[^\s@<>\"')]+\.\w+")
type Evenement = MutableMapping[str, Any]
type Panne = tuple[type[BaseException], BaseException, TracebackType | None]


def sans_rien_de_personnel(_logger: Any, _methode: str, evenement: Evenement) -> Evenement:
    """Réécrit le message avant qu'il ne sorte, et réduit l'erreur à son genre et à son chemin."""
    evenement["event"] = ADRESSE.sub("…@…", cacher_les_jetons(str(evenement["event"])))
    panne: Panne | None = evenement.pop("exc_info", None)
    if panne:
        evenement["erreur"], evenement["pile"] = genre_et_chemin(panne)
    return evenement


def genre_et_chemin(panne: Panne) -> tuple[str, str]:
    """« IntegrityError », et les lignes de code traversées. Une panne de la machine dit ce qui lui manque."""
    genre, erreur, pile = panne
    precision = ""
    if isinstance(erreur, OperationalError | ImproperlyConfigured):
        precision = f" : {erreur}"
    elif isinstance(erreur, OSError) and erreur.strerror:  # sans le chemin : un fichier déposé porte parfois un nom
        precision = f" : {erreur.strerror}"
    return genre.__qualname__ + precision, "".join(traceback.format_tb(pile))


def en_texte(_logger: Any, _methode: str, evenement: Evenement) -> str:
    """Une ligne à lire à l'œil, puis la pile s'il y en a une."""
    requete = f" [{evenement['requete']}]" if "requete" in evenement else ""
    erreur = f"\n{evenement['pile']}{evenement['erreur']}" if "pile" in evenement else ""
    debut = f"{evenement['date']} {evenement['level'].upper()} {evenement['logger']}{requete}"
    return f"{debut} {evenement['event']}{erreur}"


def formateur(*, json: bool) -> logging.Formatter:
    """Celui de tout ce qui s'écrit, quelle que soit la bibliothèque qui l'écrit."""
    return ProcessorFormatter(
        foreign_pre_chain=[merge_contextvars, add_log_level, add_logger_name, TimeStamper(fmt="iso", key="date")],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            sans_rien_de_personnel,
            JSONRenderer(ensure_ascii=False) if json else en_texte,
        ],
        keep_exc_info=False,
        keep_stack_info=False,
    )


class RequeteNommeeMiddleware:
    """Chaque requête a un numéro : toutes les lignes qu'elle écrit le portent, et la réponse le rend (`X-Request-ID`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        numero = uuid.uuid4().hex[:16]
        with bound_contextvars(requete=numero):
            reponse = self.get_response(request)
        reponse.headers["X-Request-ID"] = numero
        return reponse
