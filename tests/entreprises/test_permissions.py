"""Qui tient les entreprises de sa structure, et quand leur identité se change."""

import pytest

from entreprises import permissions as p
from socle.permissions import LECTURE_SEULE
from tests.verdicts import ECRIVENT, PARTOUT, motif, qui_passe

pytestmark = pytest.mark.django_db


def test_qui_passe(monde):
    assert qui_passe(monde, p.peut_suivre_une_entreprise) == PARTOUT
    assert qui_passe(monde, lambda acteur: p.peut_modifier_identite(acteur, monde.cotraitante)) == ECRIVENT
    partagee = monde.referentiel.entreprise_partagee
    assert qui_passe(monde, lambda acteur: p.peut_modifier_identite(acteur, partagee)) == set()


def test_le_refus_dit_pourquoi(monde):
    partagee = monde.referentiel.entreprise_partagee
    assert motif(p.peut_modifier_identite(monde.acteur("lecture"), partagee)) == LECTURE_SEULE
    assert motif(p.peut_modifier_identite(monde.acteur("edition"), partagee)) == p.IDENTITE_PARTAGEE


def test_une_seule_suivie_ailleurs_suffit(monde):
    partagee = monde.referentiel.entreprise_partagee
    assert not p.sont_suivies_ailleurs(monde.acteur(), [monde.entreprise, monde.cotraitante])
    assert p.sont_suivies_ailleurs(monde.acteur(), [monde.entreprise, partagee])
