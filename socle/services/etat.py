"""L'état de l'installation : la base, le cache, la file, et depuis quand attend le plus vieux travail."""

import datetime

import redis
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, InterfaceError
from django.db.models import Min, Q
from django.utils import timezone

from socle.cache import CacheTolerant
from socle.enums import EtatCourriel, EtatDocument
from socle.models import Courriel, Document

OK, DEGRADE, PANNE = "ok", "degrade", "panne"
# Secondes. Un bilan en prend trente, un classeur de cent mille lignes quelques minutes ; un serveur d'envoi qui fait patienter
# un inconnu (« greylisting ») le fait un quart d'heure au plus.
ATTENTE_MAX, ATTENTE_D_UN_COURRIEL_MAX = 600, 1200
FILES = ("celery", "pdf")


def etat_de_l_installation() -> dict[str, str | int]:
    """« panne » : la base ne répond pas ; « degrade » : le site sert sans son cache ou sa file, ou les travaux n'avancent pas."""
    try:
        documents, courriels = attente_des_documents(), attente_des_courriels()
    except (DatabaseError, InterfaceError):
        return {"etat": PANNE, "base": PANNE}
    pieces = {"base": OK, "cache": _dire(cache_repond()), "file": _dire(file_repond())}
    a_l_heure = documents <= ATTENTE_MAX and courriels <= ATTENTE_D_UN_COURRIEL_MAX
    bien = set(pieces.values()) == {OK} and a_l_heure
    return {"etat": OK if bien else DEGRADE, **pieces, "attente": max(documents, courriels)}


def attente_des_documents() -> int:
    """Depuis quand le plus vieux document attend qu'on le prenne, ou qu'on le reprenne à un travailleur mort."""
    du = Document.objects.aggregate(
        attend=Min("modifie_le", filter=Q(etat=EtatDocument.EN_ATTENTE)),
        lache=Min("pris_jusqu_a", filter=Q(etat=EtatDocument.EN_COURS)),
    )
    return _depuis(du["attend"], du["lache"])


def attente_des_courriels() -> int:
    """Depuis quand le plus vieux courriel attend de partir, de reprise en reprise."""
    return _depuis(Courriel.objects.filter(etat=EtatCourriel.EN_ATTENTE).aggregate(d=Min("confie_le"))["d"])


def _depuis(*debuts: datetime.datetime | None) -> int:
    """Un bail qui court encore finit plus tard : il ne compte pas."""
    connus = [debut for debut in debuts if debut is not None]
    return max(0, int((timezone.now() - min(connus)).total_seconds())) if connus else 0


def longueurs_des_files() -> dict[str, int] | None:
    """{file: messages qui y attendent} ; rien si la file ne répond pas, ou n'est pas sur Redis (l'essai)."""
    adresse = settings.CELERY_BROKER_URL
    if not adresse.startswith("redis"):
        return None
    with _redis(adresse) as serveur:
        try:
            return {file: int(serveur.llen(file)) for file in FILES}
        except redis.RedisError:
            return None


def cache_repond() -> bool:
    cache = caches["default"]
    return not isinstance(cache, CacheTolerant) or cache.repond()


def file_repond() -> bool:
    adresse = settings.CELERY_BROKER_URL
    if not adresse.startswith("redis"):
        return True
    with _redis(adresse) as serveur:
        try:
            return bool(serveur.ping())
        except redis.RedisError:
            return False


def _redis(adresse: str) -> redis.Redis:
    return redis.Redis.from_url(adresse, socket_connect_timeout=1, socket_timeout=1, retry=None)


def _dire(repond: bool) -> str:
    return OK if repond else PANNE
