"""Qui tient la fin d'un engagement, qui répond, qui décide."""

import pytest

from cloture import permissions as p
from socle.permissions import LECTURE_SEULE
from tests.verdicts import ECRIVENT, PARTOUT, motif, qui_passe

pytestmark = pytest.mark.django_db
ETRANGER = "Ce marché n'est pas le vôtre."


@pytest.mark.parametrize(
    ("predicat", "passent"),
    [
        (lambda m, a: p.peut_tenir_la_fin(a, m.engagement), ECRIVENT),
        (lambda m, a: p.peut_regler_la_fin(a), PARTOUT),
        (lambda m, a: p.peut_observer(a, m.penalite), ECRIVENT | {"entreprise"}),
        (lambda m, a: p.peut_decider(a, m.penalite), ECRIVENT | {"maitre_ouvrage"}),
    ],
)
def test_qui_passe(monde, predicat, passent):
    assert qui_passe(monde, lambda acteur: predicat(monde, acteur)) == passent


@pytest.mark.parametrize(
    ("predicat", "qui", "dit"),
    [
        (p.peut_observer, "lecture", LECTURE_SEULE),
        (p.peut_observer, "autre.edition", ETRANGER),
        (p.peut_observer, "autre.entreprise", "Cette pénalité n'est pas celle de votre entreprise."),
        (p.peut_decider, "autre.edition", ETRANGER),
        (p.peut_decider, "autre.maitre_ouvrage", ETRANGER),
        (p.peut_decider, "entreprise", LECTURE_SEULE),
    ],
)
def test_le_refus_dit_pourquoi(monde, predicat, qui, dit):
    assert motif(predicat(monde.acteur(qui), monde.penalite)) == dit


def test_l_entreprise_ne_repond_pas_a_une_lettre_qu_elle_n_a_pas(monde):
    monde.penalite.lettre_le = None
    assert qui_passe(monde, lambda acteur: p.peut_observer(acteur, monde.penalite)) == ECRIVENT
    assert motif(p.peut_observer(monde.acteur("entreprise"), monde.penalite)) == (
        "Aucune lettre ne vous est encore parvenue."
    )
