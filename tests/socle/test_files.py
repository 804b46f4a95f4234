"""Les deux files : une mise en page longue n'y retarde ni les courriels, ni ce que l'on dépose."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings

from clauses_sociales.celery import app
from socle.fabriques import FABRIQUES, MISES_EN_PAGE, tache_de
from socle.models import Document
from socle.services.documents import demander_document, relancer
from socle.tasks import reprendre_documents
from tests.fabriques.socle import DocumentFactory

pytestmark = pytest.mark.django_db
PDF = {"bilan", "lettre_contradictoire", "mise_en_demeure", "attestation"}


def file_de(tache: str) -> str:
    """Celle où Celery dépose une tâche, lue de ses réglages comme il le fait."""
    import_module(tache.rpartition(".")[0])
    return app.amqp.router.route({}, tache)["queue"].name


def test_seules_les_mises_en_page_vont_dans_la_file_des_pdf():
    du_projet = {genre for genre in FABRIQUES if genre != "essai"}
    assert MISES_EN_PAGE == PDF
    assert {genre for genre in du_projet if file_de(tache_de(genre)) == "pdf"} == PDF
    assert {"reprise_analyse", "reprise_application", "liste_confiee", "import_decp"} <= du_projet - PDF


@pytest.mark.parametrize("entree", app.conf.beat_schedule.values(), ids=lambda entree: entree["task"])
def test_aucun_passage_periodique_n_attend_derriere_un_pdf(entree):
    assert file_de(entree["task"]) == settings.CELERY_TASK_DEFAULT_QUEUE
    assert file_de("socle.tasks.envoyer_courriel") == settings.CELERY_TASK_DEFAULT_QUEUE


def test_chaque_file_a_son_travailleur_en_service():
    """Une file que personne n'écoute garderait ses documents « en attente » pour toujours."""
    deploiement = Path(settings.BASE_DIR, "docker-compose.yml").read_text()
    assert re.findall(r"--queues=([\w,]+)", deploiement) == [settings.CELERY_TASK_DEFAULT_QUEUE, "pdf"]


@pytest.mark.parametrize(
    ("genre", "tache"),
    [("bilan", "socle.tasks.fabriquer_document"), ("reprise_analyse", "socle.tasks.traiter_document")],
)
def test_un_document_est_confie_a_la_file_de_son_genre(
    monde, monkeypatch, django_capture_on_commit_callbacks, genre, tache
):
    confies = []
    for nom in ("socle.tasks.fabriquer_document", "socle.tasks.traiter_document"):
        monkeypatch.setattr(app.tasks[nom], "delay", lambda cle, nom=nom: confies.append((nom, cle)))
    with django_capture_on_commit_callbacks(execute=True):
        document = demander_document(
            acteur=monde.acteur(), genre=genre, titre="Essai", nom_fichier="essai", parametres={}
        )
        echoue, perdu = DocumentFactory(echec=True, genre=genre), DocumentFactory(genre=genre)
        relancer(document=echoue)
        Document.objects.filter(pk=perdu.pk).update(modifie_le="2020-01-01T00:00Z")
        reprendre_documents()
    assert sorted(confies) == [(tache, d.pk) for d in (document, echoue, perdu)]
