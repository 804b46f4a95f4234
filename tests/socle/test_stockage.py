"""Le disque du serveur : plein, ou privé d'un fichier que la base connaît, il se dit en français et se répare."""

import contextlib
import errno
import re
import sqlite3
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError
from django.test import override_settings
from django.urls import path
from psycopg.errors import DiskFull

from clauses_sociales.urls import handler500, urlpatterns
from socle.acces import PUBLIC, ouverte_a
from socle.stockage import disque_plein

RACINE = Path(__file__).parent.parent.parent


@ouverte_a(PUBLIC)
def deposer(request):
    FileSystemStorage().save("piece.pdf", ContentFile(b"x"))


urlpatterns = [*urlpatterns, path("deposer/", deposer)]
__all__ = ["handler500"]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.socle.test_stockage")
def test_un_depot_sur_un_disque_plein_le_dit(client, monkeypatch):
    def plein(self, nom, contenu):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", plein)
    client.raise_request_exception = False
    reponse = client.get("/deposer/")
    assert reponse.status_code == 507
    assert "Le disque du serveur est plein" in reponse.content.decode()


def test_une_base_au_disque_plein_aussi():
    """Une vraie base SQLite sans plus une page libre ; sur PostgreSQL, l'erreur que son pilote lève."""
    with contextlib.closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE TABLE t (x)")
        base.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as pleine:
            base.execute("INSERT INTO t VALUES (zeroblob(100000))")
        with pytest.raises(sqlite3.OperationalError) as autre:
            base.execute("SELECT * FROM absente")
    for cause, attendu in ((pleine.value, True), (autre.value, False), (DiskFull(), True), (None, False)):
        panne = OperationalError()
        panne.__cause__ = cause
        assert disque_plein(panne) is attendu


def test_une_vue_n_ouvre_un_fichier_garde_que_par_le_stockage():
    """`socle.stockage.ouvrir` dit en français qu'il manque ; `.open("rb")` serait une panne."""
    vues = [f for app in RACINE.glob("*/apps.py") for f in app.parent.glob("views/**/*.py")]
    vues += [f for app in RACINE.glob("*/apps.py") for f in app.parent.glob("views.py")]
    assert len(vues) > 20
    fautes = [str(f.relative_to(RACINE)) for f in vues if re.search(r"\.fichier\.(open|read|size)\b", f.read_text())]
    assert fautes == []
