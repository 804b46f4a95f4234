"""Ce que valent l'alerte et son intervalle, deux mois avant la fin, sur des engagements qui n'ont pas servi à les régler.

Les réglages viennent des graines 11 à 13 ; les graines d'ici ne servent qu'à contrôler. Quatre comportements s'éprouvent à
part : une moyenne d'ensemble cacherait celui que l'intervalle ignore. La démonstration s'éprouve dans
`tests/demonstration/test_monde.py`.
"""

import pytest

from bench.engagements_finis import COMPORTEMENTS, tirer
from pronostic.evaluation import Evaluation, evaluer

CONTROLE = 600


@pytest.fixture(scope="module")
def evaluations() -> dict[str, Evaluation]:
    return {nom: evaluer(tirer(CONTROLE, 1200, profils), 2) for nom, profils in COMPORTEMENTS.items()}


@pytest.mark.parametrize("comportement", COMPORTEMENTS)
def test_l_intervalle_couvre_huit_fins_sur_dix(evaluations, comportement):
    lue = evaluations[comportement]
    assert lue.projetes > 700
    assert 75 <= lue.couverture_intervalle <= 85


@pytest.mark.parametrize("comportement", COMPORTEMENTS)
def test_rouge_et_ambre_disent_huit_manques_sur_dix_et_le_rouge_ne_crie_pas_au_loup(evaluations, comportement):
    lue = evaluations[comportement]
    assert lue.rappel_surveilles >= 80 and lue.precision_surveilles >= 80
    assert lue.precision >= 90 and lue.tenus_signales <= 10


@pytest.mark.parametrize("comportement", COMPORTEMENTS)
def test_l_alerte_ne_fait_jamais_pire_que_la_regle_de_trois(evaluations, comportement):
    """Jamais moins de manqués vus et plus de fausses alertes à la fois ; deux points en tout, au plus, là où la règle de trois
    est la vérité même (un rythme plat)."""
    lue = evaluations[comportement]
    assert lue.rappel_surveilles >= lue.rappel_naive or lue.precision_surveilles >= lue.precision_naive
    perdus = (lue.rappel_naive + lue.precision_naive) - (lue.rappel_surveilles + lue.precision_surveilles)
    assert perdus <= 2
    assert sum(e.erreurs for e in evaluations.values()) < sum(e.erreurs_naive for e in evaluations.values()) * 0.9


def test_au_hasard_des_profils_l_alerte_voit_juste():
    lue = evaluer(tirer(graine=104, nombre=500), mois_avant=2)
    assert lue.manques > 150
    assert 75 <= lue.couverture_intervalle <= 85
    assert lue.rappel_surveilles >= 90 and lue.precision_surveilles >= 80
    assert lue.rappel >= 65 and lue.fausses_alertes <= 5
    assert lue.erreurs < lue.erreurs_naive
