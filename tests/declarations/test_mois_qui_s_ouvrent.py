"""Dans l'heure avant que les mois s'ouvrent : le lien les ouvre aussitôt, et nulle page ne dit que tout est déclaré."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from declarations.models import Declaration
from declarations.services.liens import envoyer_le_lien
from socle.models import Courriel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def horloge():
    with time_machine.travel(datetime.datetime(2026, 11, 24, 9, 0, tzinfo=datetime.UTC), tick=False) as horloge:
        yield horloge


@pytest.fixture
def neuf(monde):
    """Le marché vient d'être saisi : aucun mois n'est ouvert."""
    Declaration.objects.all().delete()
    return monde.engagement


def test_envoyer_le_lien_ouvre_les_mois_dus(monde, neuf):
    envoyer_le_lien(acteur=monde.acteur(), engagement=neuf, courriel="paie@chantier.fr")
    siens = set(Declaration.objects.filter(engagement=neuf).values_list("mois", flat=True))
    assert datetime.date(2026, 10, 1) in siens
    entreprises = set(Declaration.objects.values_list("engagement__entreprise", flat=True))
    assert entreprises == {neuf.entreprise_id}, "les autres attendent leur passage"
    assert "octobre 2026" in Courriel.objects.get(destinataire="paie@chantier.fr").corps
    avant = Declaration.objects.count()
    envoyer_le_lien(acteur=monde.acteur(), engagement=neuf, courriel="paie@chantier.fr")
    assert Declaration.objects.count() == avant


def test_l_accueil_et_les_declarations_disent_que_les_mois_s_ouvrent(monde, neuf, client):
    client.force_login(monde.personne("entreprise"))
    liste = client.get(reverse("suivi:mes_declarations")).content.decode()
    assert "dans l'heure" in liste and "Tout est déclaré" not in liste and "Rien à déclarer" not in liste
    accueil = client.get(reverse("suivi:espace_entreprise")).content.decode()
    assert "vos mois sont déclarés" not in accueil


def test_sans_mois_du_on_ne_promet_rien(monde, neuf, client):
    marche = neuf.lot.marche
    type(marche).objects.all().update(statut="redaction")
    client.force_login(monde.personne("entreprise"))
    liste = client.get(reverse("suivi:mes_declarations")).content.decode()
    assert "dans l'heure" not in liste and "Aucun mois ne vous est encore demandé" in liste
