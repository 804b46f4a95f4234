"""Les essais de la vraie file se suivent : deux travailleurs d'essai sur le même Redis se prendraient leurs messages."""

import os
from collections.abc import Iterator

import pytest
import redis


@pytest.fixture(scope="module")
def seuls_sur_la_file() -> Iterator[None]:
    serveur = redis.Redis.from_url(os.environ["CELERY_BROKER_URL"])
    with serveur.lock("essais-de-la-file", timeout=600, blocking_timeout=900):
        yield
    serveur.close()
