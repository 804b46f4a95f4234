"""Ce que l'exploitant surveille : deux sondes, des métriques protégées, des journaux et des signalements sans rien de personnel."""

import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sentry_sdk
import structlog
from django.db import OperationalError
from django.urls import reverse

from clauses_sociales import sentry
from socle.journaux import formateur
from socle.models import EchecTravail
from tests.fabriques.socle import CourrielFactory, DocumentFactory

RACINE = Path(__file__).parent.parent.parent
JETON = "jeton-de-la-surveillance"
PERSONNEL = ("Zoé", "zoe@exemple.fr")


# --- Les sondes ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_la_vie_ne_demande_rien_a_la_base(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(reverse("sante_vie")).json() == {"etat": "ok"}


@pytest.mark.django_db
def test_la_base_tombee_le_site_vit_et_n_est_plus_disponible(client, monkeypatch):
    def tombee(*_):
        raise OperationalError("connection refused")

    monkeypatch.setattr("socle.services.etat.attente_des_documents", tombee)
    assert client.get(reverse("sante")).status_code == 503
    assert client.get(reverse("sante_vie")).status_code == 200


# --- Les métriques -----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(("regle", "donne"), [("", "Bearer "), (JETON, ""), (JETON, "Bearer autre"), (JETON, JETON)])
def test_sans_le_jeton_la_page_n_existe_pas(client, settings, regle, donne):
    settings.METRIQUES_JETON = regle
    assert client.get(reverse("metriques"), headers={"Authorization": donne}).status_code == 404


@pytest.mark.django_db
def test_elles_disent_les_requetes_les_attentes_et_les_echecs(client, settings, monkeypatch):
    settings.METRIQUES_JETON = JETON
    monkeypatch.setattr("socle.metriques.longueurs_des_files", lambda: {"celery": 4, "pdf": 1})
    client.get(reverse("accessibilite"))
    client.get("/lien/un-jeton-secret/")
    CourrielFactory.create_batch(2)
    document = DocumentFactory()
    type(document).objects.filter(pk=document.pk).update(modifie_le="2020-01-01T00:00Z")
    EchecTravail.objects.create(travail="Essai", objet="document", cle="1", erreur="ValueError")
    texte = client.get(reverse("metriques"), headers={"Authorization": f"Bearer {JETON}"}).content.decode()
    valeurs = dict(ligne.rsplit(" ", 1) for ligne in texte.splitlines() if not ligne.startswith("#"))
    assert float(valeurs['clauses_requetes_total{methode="GET",statut="200",vue="accessibilite"}']) >= 1
    assert valeurs['clauses_file_messages{file="celery"}'] == "4.0"
    assert valeurs["clauses_courriels_en_attente"] == "2.0"
    assert float(valeurs['clauses_attente_secondes{quoi="documents"}']) > 1e8
    assert valeurs["clauses_echecs"] == "1.0"
    assert float(valeurs["clauses_disque_libre_octets"]) > 0
    assert "un-jeton-secret" not in texte


def test_plusieurs_processus_comptent_ensemble(tmp_path):
    """Chacun écrit dans le dossier ; celui qui répond les additionne."""
    compter = "from prometheus_client import Counter; Counter('clauses_requetes', 'x', ['vue']).labels('accueil').inc()"
    lire = (
        "from prometheus_client import CollectorRegistry, generate_latest; "
        "from prometheus_client.multiprocess import MultiProcessCollector; r = CollectorRegistry(); "
        "MultiProcessCollector(r); print(generate_latest(r).decode())"
    )
    milieu = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for code in (compter, compter):
        subprocess.run([sys.executable, "-c", code], env=milieu, check=True)
    lu = subprocess.run([sys.executable, "-c", lire], env=milieu, capture_output=True, text=True, check=True)
    assert 'clauses_requetes_total{vue="accueil"} 2.0' in lu.stdout


# --- Les journaux ------------------------------------------------------------------------------------------------------
def ecrire(*, en_json: bool, message: str, panne: Exception | None = None) -> str:
    """Ce qu'une entrée devient, écrite par la bibliothèque standard comme partout."""
    sortie = io.StringIO()
    poignee = logging.StreamHandler(sortie)
    poignee.setFormatter(formateur(json=en_json))
    journal = logging.Logger("marches.services")
    journal.addHandler(poignee)
    try:
        if panne:
            raise panne
        journal.warning(message)
    except Exception:
        journal.exception(message)
    return sortie.getvalue()


@pytest.mark.parametrize("en_json", [True, False])
def test_ni_adresse_ni_jeton_ni_message_d_erreur_ne_s_ecrit(en_json):
    panne = ValueError("Key (email)=(zoe@exemple.fr) de Zoé already exists")
    ecrit = ecrire(en_json=en_json, message="Envoi à zoe@exemple.fr par /lien/aB3dEfGh1jKlMnOpQrStUv/", panne=panne)
    assert not [secret for secret in (*PERSONNEL, "aB3dEfGh1jKlMnOpQrStUv") if secret in ecrit]
    assert "ValueError" in ecrit and "test_metriques.py" in ecrit


def test_une_ligne_de_json_par_entree_avec_le_numero_de_la_requete():
    with structlog.contextvars.bound_contextvars(requete="abc123"):
        entree = json.loads(ecrire(en_json=True, message="La file ne répond pas"))
    assert entree.pop("date").startswith("20")
    assert entree == {
        "event": "La file ne répond pas",
        "level": "warning",
        "logger": "marches.services",
        "requete": "abc123",
    }


def test_une_panne_de_la_machine_dit_ce_qui_lui_manque():
    assert "OperationalError : connection refused" in ecrire(
        en_json=False, message="x", panne=OperationalError("connection refused")
    )
    plein = ecrire(en_json=False, message="x", panne=OSError(28, "No space left on device", "/documents/Zoé.pdf"))
    assert "No space left on device" in plein and "Zoé" not in plein


@pytest.mark.django_db
def test_chaque_reponse_rend_le_numero_de_sa_requete(client):
    numeros = {client.get(reverse("sante_vie"))["X-Request-ID"] for _ in range(2)}
    assert len(numeros) == 2


# --- Sentry ---------------------------------------------------------------------------------------------------------------
def test_un_signalement_ne_porte_que_le_genre_et_le_chemin():
    recus = []

    class Poste(sentry_sdk.transport.Transport):
        def capture_envelope(self, envelope):
            recus.extend(piece.payload.json for piece in envelope.items)

    sentry.demarrer("http://cle@127.0.0.1:9/1", "0.1.0", transport=Poste, auto_enabling_integrations=False)
    try:
        sentry_sdk.set_user({"email": "zoe@exemple.fr"})
        sentry_sdk.set_extra("saisie", "Zoé")
        nom = "Zoé"
        raise ValueError(f"{nom} existe déjà")
    except ValueError as panne:
        sentry_sdk.capture_exception(panne)
    finally:
        sentry_sdk.flush()
        sentry_sdk.get_global_scope().set_client(None)
    (signale,) = recus
    texte = json.dumps(signale, ensure_ascii=False)
    assert not [secret for secret in PERSONNEL if secret in texte]
    assert signale["exception"]["values"][0]["type"] == "ValueError"
