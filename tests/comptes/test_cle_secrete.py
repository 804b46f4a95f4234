"""Changer la clé secrète : l'ancienne, gardée un temps, laisse les sessions ouvertes ; retirée, chacun se reconnecte."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("gardees", "statut"), [(["ancienne"], 200), ([], 302)])
def test_une_session_survit_a_la_cle_tant_que_l_ancienne_est_gardee(gardees, statut, monde, connecte, settings):
    settings.SECRET_KEY = "ancienne"
    client = connecte("edition")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "nouvelle", gardees
    assert client.get(reverse("marches:liste")).status_code == statut
