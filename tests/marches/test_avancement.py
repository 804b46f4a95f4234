"""Le suivi d'un engagement : ce qui reste, ce que le barème en ferait, et ce qui dépasse sans alerter."""

from decimal import Decimal as D

import pytest
from django.urls import reverse

from comptes.enums import Role
from marches.avancement import penalite_proposee
from socle.nombres import arrondir
from socle.tables import Jauge
from tests.client_strict import ClientStrict
from tests.monde import construire_monde


def test_histoire_11_ce_qui_reste_et_la_penalite_proposee():
    jauge = Jauge(D(1181), D(1000))
    assert (arrondir(jauge.part, 1), jauge.reste) == (D("84.7"), 181)
    assert penalite_proposee(jauge.reste, D(200)) == 36200
    assert penalite_proposee(D(0), D(200), 12, D(75)) == 900
    assert penalite_proposee(D(-5), D(200), -1, D(75)) == 0
    assert penalite_proposee(D(181), None) == 0


def test_histoire_12_le_double_se_dit_et_n_alerte_pas():
    jauge = Jauge(D(71500), D(143000), D(71500))
    assert (jauge.part, jauge.reste, jauge.ton) == (200, 0, "fait")


@pytest.mark.django_db
def test_l_acheteur_trouve_les_textes_de_la_clause_sur_son_marche():
    monde = construire_monde()
    client = ClientStrict()
    client.force_login(monde.personne(Role.MAITRE_OUVRAGE))
    page = client.get(reverse("marches:fiche", args=[monde.marche.uuid])).content.decode()
    assert reverse("marches:redaction_docx", args=[monde.redaction.uuid]) in page
