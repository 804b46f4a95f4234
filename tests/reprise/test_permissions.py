"""Qui reprend un classeur, qui confie une liste de personnes."""

import pytest

from comptes.enums import Role
from reprise import permissions as p
from reprise.enums import EtatReprise
from socle.permissions import LECTURE_SEULE
from tests.fabriques.comptes import OrganisationFactory
from tests.verdicts import ECRIVENT, PARTOUT, motif, qui_passe

pytestmark = pytest.mark.django_db


def liste(m, acteur):
    return p.peut_deposer_une_liste(acteur, m.structure, m.organisations[Role.PRESCRIPTEUR])


@pytest.mark.parametrize(
    ("predicat", "passent"),
    [
        (lambda m, a: p.peut_reprendre(a), PARTOUT),
        (lambda m, a: p.peut_appliquer(a, m.reprise), ECRIVENT),
        (lambda m, a: p.peut_corriger(a, m.reprise), ECRIVENT),
        (liste, ECRIVENT | {"prescripteur"}),
        (lambda m, a: p.peut_deposer_une_liste(a, m.structure, OrganisationFactory(prescripteur=True)), set()),
    ],
)
def test_qui_passe(monde, predicat, passent):
    assert qui_passe(monde, lambda acteur: predicat(monde, acteur)) == passent


@pytest.mark.parametrize(
    ("qui", "dit"),
    [
        ("lecture", LECTURE_SEULE),
        ("autre.edition", "Cette structure n'est pas la vôtre."),
        ("autre.prescripteur", "Vous ne confiez que les personnes de votre organisation."),
    ],
)
def test_une_liste_refusee_dit_pourquoi(monde, qui, dit):
    assert motif(liste(monde, monde.acteur(qui))) == dit


def test_sans_partenariat_rien_ne_se_confie(monde):
    inconnue = OrganisationFactory(prescripteur=True)
    verdict = p.peut_deposer_une_liste(monde.acteur("edition"), monde.structure, inconnue)
    assert motif(verdict) == "Cette organisation n'est pas partenaire de la structure."


def test_une_reprise_s_applique_prete_et_fichier_en_main(monde):
    reprise = monde.reprise
    assert motif(p.peut_appliquer(monde.acteur("lecture"), reprise)) == LECTURE_SEULE
    assert motif(p.peut_appliquer(monde.acteur("autre.edition"), reprise)) == (
        "Cette reprise n'est pas de votre structure."
    )
    reprise.fichier = ""
    assert motif(p.peut_appliquer(monde.acteur("edition"), reprise)).startswith("Le fichier a été effacé")
    for etat in set(EtatReprise) - {EtatReprise.PRETE}:
        reprise.etat = etat
        assert motif(p.peut_appliquer(monde.acteur("edition"), reprise)).startswith(
            "Ce classeur est déjà repris" if etat == EtatReprise.FAITE else "Seul un classeur analysé"
        )
