"""Qui tient offres, candidatures, contrats, aides ; ce que l'entreprise et le prescripteur y font, jusqu'où."""

import pytest
from django.utils import timezone

from comptes.enums import Role
from recrutement import permissions as p
from recrutement.enums import TRANSITIONS_CANDIDATURE, StatutCandidature, StatutOffre
from socle.permissions import LECTURE_SEULE
from tests.verdicts import ECRIVENT, PARTOUT, motif, qui_passe

pytestmark = pytest.mark.django_db
OFFRE_D_AILLEURS = "Cette offre n'est pas de votre structure."
ENTREPRISES, PRESCRIPTEURS = {"entreprise", "autre.entreprise"}, {"prescripteur", "autre.prescripteur"}


@pytest.mark.parametrize(
    ("predicat", "passent"),
    [
        (lambda m, a: p.peut_gerer_les_contrats(a), PARTOUT),
        (lambda m, a: p.peut_modifier_contrat(a, m.contrat), ECRIVENT),
        (lambda m, a: p.peut_gerer_les_offres(a), PARTOUT),
        (lambda m, a: p.peut_modifier_offre(a, m.offre), ECRIVENT),
        (lambda m, a: p.peut_avancer_offre(a, m.offre, "clore"), ECRIVENT),
        (lambda m, a: p.peut_avancer_offre(a, m.offre, "rouvrir"), set()),
        (lambda m, a: p.peut_gerer_les_aides(a), PARTOUT),
        (lambda m, a: p.peut_gerer_les_aides(a, m.aide), ECRIVENT),
        (lambda m, a: p.peut_exprimer_un_besoin(a, m.engagement), {"entreprise"}),
        (lambda m, a: p.peut_changer_le_besoin(a, m.besoin), {"entreprise"}),
        (lambda m, a: p.peut_changer_le_besoin(a, m.offre), set()),
        (lambda m, a: p.peut_examiner_le_besoin(a, m.besoin), ECRIVENT),
        (lambda m, a: p.peut_examiner_le_besoin(a, m.offre), set()),
        # À qui l'offre est diffusée, et de qui est la candidature : la portée du service le sait.
        (lambda m, a: p.peut_proposer(a, m.offre), ECRIVENT | PRESCRIPTEURS),
        (lambda m, a: p.peut_proposer(a, m.offre_close), set()),
        (lambda m, a: p.peut_avancer_candidature(a, m.candidature, "retenir"), PARTOUT | ENTREPRISES),
        (lambda m, a: p.peut_avancer_candidature(a, m.candidature, "retirer"), PARTOUT | PRESCRIPTEURS),
        (lambda m, a: p.peut_avancer_candidature(a, m.candidature, "classer"), PARTOUT),
        (lambda m, a: p.peut_avancer_candidature(a, m.candidature_proposee, "refuser"), PARTOUT),
    ],
)
def test_qui_passe(monde, predicat, passent):
    assert qui_passe(monde, lambda acteur: predicat(monde, acteur)) == passent


def test_un_contrat_d_ailleurs_ou_archive_se_dit(monde):
    assert motif(p.peut_modifier_contrat(monde.acteur("lecture"), monde.contrat)) == LECTURE_SEULE
    assert motif(p.peut_modifier_contrat(monde.acteur("autre.edition"), monde.contrat)) == (
        "Ce contrat n'est pas de votre structure."
    )
    monde.contrat.archive_le = timezone.now()
    assert motif(p.peut_modifier_contrat(monde.acteur("edition"), monde.contrat)).startswith("Ce contrat est archivé")


@pytest.mark.parametrize(
    ("predicat", "qui", "objet", "dit"),
    [
        (p.peut_modifier_offre, "lecture", "offre", LECTURE_SEULE),
        (p.peut_modifier_offre, "autre.edition", "offre", OFFRE_D_AILLEURS),
        (p.peut_modifier_offre, "edition", "besoin", "L'entreprise peut encore changer ce besoin"),
        (p.peut_examiner_le_besoin, "lecture", "besoin", LECTURE_SEULE),
        (p.peut_examiner_le_besoin, "autre.edition", "besoin", OFFRE_D_AILLEURS),
        (p.peut_examiner_le_besoin, "edition", "offre", "Ce besoin est déjà examiné, ou retiré."),
        (p.peut_changer_le_besoin, "entreprise", "offre", "Ce besoin ne se change plus ici"),
        (p.peut_changer_le_besoin, "autre.entreprise", "besoin", "Cet engagement n'est pas celui de votre entreprise."),
        (p.peut_proposer, "lecture", "offre", LECTURE_SEULE),
        (p.peut_proposer, "autre.edition", "offre", OFFRE_D_AILLEURS),
        (p.peut_proposer, "entreprise", "offre", "Seuls la structure et ses prescripteurs"),
        (p.peut_proposer, "prescripteur", "offre_close", "Cette offre n'est pas ouverte aux propositions."),
    ],
)
def test_le_refus_dit_pourquoi(monde, predicat, qui, objet, dit):
    assert motif(predicat(monde.acteur(qui), getattr(monde, objet))).startswith(dit)


def test_une_offre_abandonnee_ne_se_modifie_plus(monde):
    monde.offre.statut = StatutOffre.ABANDONNEE
    assert motif(p.peut_modifier_offre(monde.acteur("edition"), monde.offre)) == "Cette offre est abandonnée."
    assert motif(p.peut_avancer_offre(monde.acteur("edition"), monde.offre, "clore")) == "Cette offre est abandonnée."


def test_l_aide_d_une_autre_structure_se_dit(monde):
    assert motif(p.peut_gerer_les_aides(monde.acteur("lecture"), monde.aide)) == LECTURE_SEULE
    assert motif(p.peut_gerer_les_aides(monde.acteur("autre.edition"), monde.aide)) == (
        "Cette aide n'est pas de votre structure."
    )


@pytest.mark.parametrize("statut", StatutCandidature)
def test_l_entreprise_ne_repond_qu_a_ce_qu_on_lui_transmet(monde, statut):
    monde.candidature.statut = statut
    for geste in ("rencontrer", "retenir", "refuser"):
        verdict = p.peut_avancer_candidature(monde.acteur("entreprise"), monde.candidature, geste)
        attend = statut in (StatutCandidature.TRANSMISE, StatutCandidature.ENTRETIEN)
        permis = attend and statut in TRANSITIONS_CANDIDATURE[geste].depuis
        assert bool(verdict) is permis
        if not attend:
            assert motif(verdict) == "Cette candidature n'attend pas de réponse de votre entreprise."


def test_chacun_ses_gestes_sur_une_candidature(monde):
    for role, siens in {
        Role.ENTREPRISE: {"rencontrer", "retenir", "refuser"},
        Role.PRESCRIPTEUR: {"retirer"},
        Role.FINANCEUR: set(),
    }.items():
        for geste in TRANSITIONS_CANDIDATURE:
            verdict = p.peut_avancer_candidature(monde.acteur(role), monde.candidature, geste)
            assert (motif(verdict) == "Ce geste revient au facilitateur.") is (geste not in siens)
    assert motif(p.peut_avancer_candidature(monde.acteur("lecture"), monde.candidature, "retirer")) == LECTURE_SEULE


def test_une_personne_sous_contrat_ne_se_retire_pas(monde):
    monde.candidature.contrat = monde.contrat
    verdict = p.peut_avancer_candidature(monde.acteur("edition"), monde.candidature, "retirer")
    assert motif(verdict) == "Un contrat est établi : arrêtez le contrat, avec sa raison."
    assert p.peut_avancer_candidature(monde.acteur("edition"), monde.candidature, "retenir")
