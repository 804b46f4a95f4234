"""Le dernier passage de chaque travail périodique, noté par la file : quand, combien, ou ce qui l'a arrêté."""

import pytest
from django.db import DatabaseError

from clauses_sociales.celery import app
from socle.models import PassageTravail
from socle.services import passages
from socle.tasks import envoyer_courriel, purger_sessions

pytestmark = pytest.mark.django_db


def test_un_travail_du_calendrier_note_son_passage_et_le_suivant_le_remplace(monkeypatch):
    purger_sessions.delay()
    premier = PassageTravail.objects.get(travail="socle.tasks.purger_sessions")
    assert (premier.compte, premier.erreur, premier.en_cours) == (0, "", False)
    monkeypatch.setattr("socle.services.sessions.purger_sessions", lambda: 3)
    purger_sessions.delay()
    suivant = PassageTravail.objects.get()
    assert suivant.pk == premier.pk
    assert suivant.compte == 3
    assert suivant.commence_le > premier.commence_le


def test_un_travail_qui_casse_le_dit_sans_citer_personne(monkeypatch):
    def casser():
        raise ValueError("Zoé Poulain")

    purger_sessions.delay()
    reussi_le = PassageTravail.objects.get().reussi_le
    monkeypatch.setattr("socle.services.sessions.purger_sessions", casser)
    purger_sessions.apply(throw=False)
    passage = PassageTravail.objects.get()
    assert (passage.erreur, passage.compte, passage.reussi_le) == ("ValueError", None, reussi_le)
    assert not passage.en_cours


def test_un_travail_hors_du_calendrier_ne_note_rien():
    assert envoyer_courriel.name not in {entree["task"] for entree in app.conf.beat_schedule.values()}
    envoyer_courriel.delay(0)
    assert not PassageTravail.objects.exists()


def test_un_travail_arrete_en_route_reste_en_cours():
    passages.commencer("essai")
    assert PassageTravail.objects.get().en_cours


def test_ce_qui_se_lance_a_la_main_se_note_aussi():
    with passages.passage("essai") as compte:
        compte.nombre = 12
    assert PassageTravail.objects.get().compte == 12
    reussi_le = PassageTravail.objects.get().reussi_le
    with pytest.raises(KeyError), passages.passage("essai"):
        raise KeyError
    assert PassageTravail.objects.get().erreur == "KeyError"
    assert PassageTravail.objects.get().reussi_le == reussi_le is not None


def test_ne_pas_pouvoir_noter_n_arrete_pas_le_travail(monkeypatch):
    def refuser(**_):
        raise DatabaseError

    monkeypatch.setattr(PassageTravail.objects, "update_or_create", refuser)
    with passages.passage("essai"):
        pass
    assert not PassageTravail.objects.exists()
