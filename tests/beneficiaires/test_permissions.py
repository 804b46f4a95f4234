"""Qui tient un dossier, l'archive, confie une personne, note son parcours."""

import pytest
from django.utils import timezone

from beneficiaires import permissions as p
from socle.permissions import LECTURE_SEULE
from tests.verdicts import ECRIVENT, PARTOUT, motif, qui_passe

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("predicat", "passent"),
    [
        (lambda m, a: p.peut_gerer_les_dossiers(a), PARTOUT),
        (lambda m, a: p.peut_modifier_dossier(a, m.beneficiaire), ECRIVENT),
        (lambda m, a: p.peut_archiver_dossier(a, m.beneficiaire), PARTOUT),
        (lambda m, a: p.peut_orienter(a, m.structure), {"prescripteur"}),
        (lambda m, a: p.peut_noter_le_parcours(a, m.beneficiaire), ECRIVENT | {"prescripteur"}),
    ],
)
def test_qui_passe(monde, predicat, passent):
    assert qui_passe(monde, lambda acteur: predicat(monde, acteur)) == passent


DOSSIER = (p.peut_modifier_dossier, p.peut_noter_le_parcours)


@pytest.mark.parametrize("predicat", DOSSIER)
def test_un_dossier_d_ailleurs_ou_archive_se_dit(monde, predicat):
    personne = monde.beneficiaire
    assert motif(predicat(monde.acteur("lecture"), personne)) == LECTURE_SEULE
    assert motif(predicat(monde.acteur("autre.edition"), personne)) == "Ce dossier n'est pas de votre structure."
    personne.archive_le = timezone.now()
    assert motif(predicat(monde.acteur("edition"), personne)).startswith("Ce dossier est archivé")
    assert p.peut_archiver_dossier(monde.acteur("edition"), personne)


@pytest.mark.parametrize("predicat", [*DOSSIER, p.peut_archiver_dossier])
def test_un_dossier_anonymise_ne_sert_plus_qu_aux_chiffres(monde, predicat):
    monde.beneficiaire.archive_le = monde.beneficiaire.anonymise_le = timezone.now()
    assert motif(predicat(monde.acteur("edition"), monde.beneficiaire)) == p.ANONYMISE


def test_le_prescripteur_ne_fait_rien_d_une_autre_personne(monde):
    etranger = monde.acteur("autre.prescripteur")
    assert motif(p.peut_noter_le_parcours(etranger, monde.beneficiaire)) == "Vous ne suivez pas cette personne."
    assert motif(p.peut_orienter(etranger, monde.structure)).endswith("n'est pas partenaire de cette structure.")
    assert motif(p.peut_orienter(monde.acteur("edition"), monde.structure)) == "Ce geste revient à un prescripteur."
    monde.beneficiaire.anonymise_le = timezone.now()
    assert motif(p.peut_noter_le_parcours(monde.acteur("prescripteur"), monde.beneficiaire)) == p.ANONYMISE
