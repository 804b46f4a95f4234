"""Qui peut quoi sur les marchés et les projets d'achat, et ce qu'on répond aux autres."""

import pytest
from django.utils import timezone

from marches import permissions as p
from marches.enums import StatutProjet
from socle.permissions import LECTURE_SEULE
from tests.fabriques.marches import FicheMaitreOuvrageFactory
from tests.verdicts import ECRIVENT, PARTOUT, motif, qui_passe

pytestmark = pytest.mark.django_db
ACHETEURS = {"maitre_ouvrage", "autre.maitre_ouvrage"}


@pytest.mark.parametrize(
    ("predicat", "passent"),
    [
        (lambda m, a: p.peut_gerer_les_marches(a), PARTOUT),
        (lambda m, a: p.peut_modifier_marche(a, m.marche), ECRIVENT),
        (lambda m, a: p.peut_modifier_lot(a, m.lot), ECRIVENT),
        (lambda m, a: p.peut_deposer_projet(a), PARTOUT | ACHETEURS),
        (lambda m, a: p.peut_etudier_projet(a, m.projet), ECRIVENT),
        (lambda m, a: p.peut_modifier_projet(a, m.projet), ECRIVENT | {"maitre_ouvrage"}),
        (lambda m, a: p.peut_modifier_identite(a, m.maitre_ouvrage), ECRIVENT),
    ],
)
def test_qui_passe(monde, predicat, passent):
    assert qui_passe(monde, lambda acteur: predicat(monde, acteur)) == passent


def test_un_marche_d_ailleurs_ou_archive_se_dit(monde):
    acteur, marche = monde.acteur("edition"), monde.marche
    assert motif(p.peut_modifier_marche(monde.acteur("lecture"), marche)) == LECTURE_SEULE
    assert motif(p.peut_modifier_marche(monde.acteur("autre.edition"), marche)) == (
        "Ce marché n'est pas suivi par votre structure."
    )
    marche.archive_le = timezone.now()
    assert motif(p.peut_modifier_marche(acteur, marche)).startswith("Ce marché est archivé")
    monde.lot.marche.archive_le = timezone.now()
    assert motif(p.peut_modifier_lot(acteur, monde.lot)).startswith("Ce marché est archivé")


def test_un_projet_d_ailleurs_ou_archive_se_dit(monde):
    acteur, projet = monde.acteur("edition"), monde.projet
    assert motif(p.peut_etudier_projet(monde.acteur("autre.edition"), projet)) == (
        "Ce projet n'est pas suivi par votre structure."
    )
    projet.archive_le = timezone.now()
    assert motif(p.peut_etudier_projet(acteur, projet)).startswith("Ce projet est archivé")
    assert p.peut_etudier_projet(acteur, projet, archive_permise=True)


@pytest.mark.parametrize(
    ("statut", "facilitateur", "acheteur"),
    [
        (StatutProjet.REPERE, "oui", "oui"),
        (StatutProjet.ETUDE, "oui", "L'étude a commencé : demandez la correction à votre facilitateur."),
        (StatutProjet.MARCHE, *["Ce projet est devenu un marché : modifiez le marché."] * 2),
    ],
)
def test_un_projet_se_corrige_jusqu_ou(monde, statut, facilitateur, acheteur):
    monde.projet.statut = statut
    assert motif(p.peut_modifier_projet(monde.acteur("edition"), monde.projet)) == facilitateur
    assert motif(p.peut_modifier_projet(monde.acteur("maitre_ouvrage"), monde.projet)) == acheteur


def test_le_projet_d_un_autre_acheteur_se_dit(monde):
    verdict = p.peut_modifier_projet(monde.acteur("autre.maitre_ouvrage"), monde.projet)
    assert motif(verdict) == "Ce projet n'est pas le vôtre."


def test_l_identite_d_un_acheteur_suivi_ailleurs_ne_se_change_pas(monde):
    FicheMaitreOuvrageFactory(structure=monde.autre.structure, maitre_ouvrage=monde.maitre_ouvrage)
    assert motif(p.peut_modifier_identite(monde.acteur("edition"), monde.maitre_ouvrage)) == p.IDENTITE_PARTAGEE
