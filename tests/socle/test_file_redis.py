"""Un vrai travailleur sur un vrai Redis : il fabrique ce qui est confié, et un autre reprend ce qu'un mort tenait."""

import os
import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from bench.travailleur import travailleur, tuer
from clauses_sociales.celery import app
from reporting.services import preparer_bilan
from socle.enums import EtatDocument
from socle.models import Document
from socle.periodes import Periode
from socle.tasks import reprendre_documents

COURTIER = os.environ.get("CELERY_BROKER_URL", "")
pytestmark = [
    pytest.mark.redis,
    pytest.mark.usefixtures("seuls_sur_la_file"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not COURTIER.startswith("redis") or connection.vendor == "sqlite",
        reason="CELERY_BROKER_URL ne désigne pas un Redis, ou la base est SQLite",
    ),
]
DELAI = 180


@pytest.fixture(autouse=True)
def vraie_file() -> Iterator[None]:
    """Les autres tests exécutent les tâches sur place ; ceux-ci les déposent vraiment, dans une file neuve."""
    app.conf.task_always_eager = False
    app.control.purge()
    yield
    app.control.purge()
    app.conf.task_always_eager = True


def milieu() -> dict[str, str]:
    base = connection.settings_dict
    hote = f"{base['USER']}:{base['PASSWORD']}@{base['HOST']}:{base['PORT']}"
    return {"DATABASE_URL": f"postgres://{hote}/{base['NAME']}", "VAR_DIR": str(settings.VAR_DIR)}


def attendre(condition: Callable[[], bool]) -> None:
    fin = time.monotonic() + DELAI
    while not condition():
        assert time.monotonic() < fin, "le travailleur n'a pas fini à temps"
        time.sleep(0.1)


def etat(document: Document) -> str:
    document.refresh_from_db()
    return document.etat


def test_le_travailleur_fabrique_le_bilan_confie(monde):
    with travailleur(milieu()):
        document = preparer_bilan(acteur=monde.acteur(), periode=Periode.annee(2026)).document
        attendre(lambda: etat(document) == EtatDocument.PRET)
    with document.fichier.open("rb") as fichier:
        assert fichier.read(5) == b"%PDF-"


def test_un_travailleur_tue_en_route_est_remplace(monde):
    document = preparer_bilan(acteur=monde.acteur(), periode=Periode.annee(2026)).document
    with travailleur(milieu()) as processus:
        attendre(lambda: etat(document) == EtatDocument.EN_COURS)
        tuer(processus)
    assert etat(document) == EtatDocument.EN_COURS, "le mort le tient encore : son bail court"
    Document.objects.filter(pk=document.pk).update(pris_jusqu_a=timezone.now())  # le bail expire
    with travailleur(milieu()):
        reprendre_documents()
        attendre(lambda: etat(document) == EtatDocument.PRET)
    assert document.tentatives == 2
