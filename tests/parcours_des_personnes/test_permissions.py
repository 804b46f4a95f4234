"""Qui donne des nouvelles d'une personne, qui questionne, qui répond."""

import pytest

from comptes.acteur import Acteur
from comptes.enums import Role
from parcours import permissions as p
from socle.permissions import LECTURE_SEULE
from tests.verdicts import ECRIVENT, PARTOUT, motif, qui_passe

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("predicat", "passent"),
    [
        (lambda m, a: p.peut_repondre_au_point(a, m.point), PARTOUT | {"prescripteur"}),
        (lambda m, a: p.peut_questionner(a), PARTOUT),
        (lambda m, a: p.peut_repondre_au_questionnaire(a, m.contrat), ECRIVENT),
        (lambda m, a: p.peut_regler_le_parcours(a), PARTOUT),
    ],
)
def test_qui_passe(monde, predicat, passent):
    assert qui_passe(monde, lambda acteur: predicat(monde, acteur)) == passent


def entre_par_lien(cote, role):
    return Acteur(None, cote.structure, role, cote.demande.uuid)


def test_le_referent_repond_par_le_lien_de_la_structure_et_d_elle_seule(monde):
    assert p.peut_repondre_au_point(entre_par_lien(monde.nous, Role.PRESCRIPTEUR), monde.point)
    sans_lien = Acteur(None, monde.structure, Role.PRESCRIPTEUR)
    for acteur in (entre_par_lien(monde.autre, Role.PRESCRIPTEUR), sans_lien, monde.acteur("autre.prescripteur")):
        assert motif(p.peut_repondre_au_point(acteur, monde.point)) == "Vous ne suivez pas cette personne."


def test_la_personne_repond_par_le_lien_de_la_structure_et_d_elle_seule(monde):
    assert p.peut_repondre_au_questionnaire(entre_par_lien(monde.nous, None), monde.contrat)
    d_ailleurs = p.peut_repondre_au_questionnaire(entre_par_lien(monde.autre, None), monde.contrat)
    assert motif(d_ailleurs) == "Ce contrat n'est pas de votre structure."
    sans_organisation = p.peut_repondre_au_questionnaire(monde.acteur("inconnu"), monde.contrat)
    assert motif(sans_organisation) == "Ce contrat n'est pas de votre structure."
    for acteur in (entre_par_lien(monde.nous, Role.PRESCRIPTEUR), Acteur(None, monde.structure, None)):
        assert motif(p.peut_repondre_au_questionnaire(acteur, monde.contrat)) == LECTURE_SEULE
