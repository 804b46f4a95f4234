import pytest

from territoires.permissions import peut_definir_territoire
from tests.verdicts import qui_passe

pytestmark = pytest.mark.django_db


def test_le_responsable_de_la_structure_ou_l_administrateur_dit_ses_communes(monde):
    passent = qui_passe(monde, lambda acteur: peut_definir_territoire(acteur, monde.structure))
    assert passent == {"responsable", "administrateur"}
