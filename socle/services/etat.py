"""L'état de l'installation : la base, le cache, la file, et depuis quand attend le plus vieux travail."""

import redis
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, InterfaceError
from django.db.models import Min
from django.utils import timezone

from socle.cache import CacheTolerant
from socle.enums import EtatDocument
from socle.models import Courriel, Document

OK, DEGRADE, PANNE = "ok", "degrade", "panne"
ATTENTE_MAX = 600  # secondes : un bilan en prend trente, un classeur de cent mille lignes quelques minutes


def etat_de_l_installation() -> dict[str, str | int]:
    """« panne » : la base ne répond pas ; « degrade » : le site sert sans son cache ou sa file, ou les travaux n'avancent pas."""
    try:
        attente = plus_longue_attente()
    except (DatabaseError, InterfaceError):
        return {"etat": PANNE, "base": PANNE}
    pieces = {"base": OK, "cache": _dire(cache_repond()), "file": _dire(file_repond())}
    bien = set(pieces.values()) == {OK} and attente <= ATTENTE_MAX
    return {"etat": OK if bien else DEGRADE, **pieces, "attente": attente}


def plus_longue_attente() -> int:
    """Secondes depuis lesquelles le plus vieux document, ou le plus vieux courriel dû, attend qu'on le prenne."""
    document = Document.objects.filter(etat=EtatDocument.EN_ATTENTE).aggregate(depuis=Min("modifie_le"))
    courriel = Courriel.objects.dus().order_by().aggregate(depuis=Min("prochain_essai_le"))
    debuts = [debut for debut in (document["depuis"], courriel["depuis"]) if debut]
    return max(0, int((timezone.now() - min(debuts)).total_seconds())) if debuts else 0


def cache_repond() -> bool:
    cache = caches["default"]
    return not isinstance(cache, CacheTolerant) or cache.repond()


def file_repond() -> bool:
    adresse = settings.CELERY_BROKER_URL
    if not adresse.startswith("redis"):
        return True
    with redis.Redis.from_url(adresse, socket_connect_timeout=1, socket_timeout=1, retry=None) as serveur:
        try:
            return bool(serveur.ping())
        except redis.RedisError:
            return False


def _dire(repond: bool) -> str:
    return OK if repond else PANNE
