import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socle.lecture import lire_mois
from socle.periodes import Periode, age, ajouter_mois, dernier_jour, fin_de_delai, premier_jour

JOURS = st.dates(datetime.date(1950, 1, 1), datetime.date(2100, 12, 31))
D = datetime.date


@pytest.mark.parametrize(
    ("jour", "mois", "arrivee"),
    [
        (D(2026, 1, 31), 1, D(2026, 2, 28)),
        (D(2024, 1, 31), 1, D(2024, 2, 29)),
        (D(2026, 12, 15), 1, D(2027, 1, 15)),
        (D(2026, 1, 15), -1, D(2025, 12, 15)),
        (D(2024, 2, 29), 12, D(2025, 2, 28)),
        (D(2026, 3, 31), 24, D(2028, 3, 31)),
    ],
)
def test_ajouter_des_mois(jour, mois, arrivee):
    assert ajouter_mois(jour, mois) == arrivee


@pytest.mark.parametrize(
    ("debut", "mois", "fin"),
    [
        (D(2026, 1, 15), 1, D(2026, 2, 14)),
        (D(2026, 8, 31), 6, D(2027, 2, 28)),
        (D(2026, 10, 31), 1, D(2026, 11, 30)),
        (D(2024, 2, 29), 24, D(2026, 2, 28)),
        (D(2024, 2, 29), 48, D(2028, 2, 28)),
        (D(2023, 3, 1), 12, D(2024, 2, 29)),
    ],
)
def test_un_delai_ne_perd_pas_un_jour_en_fin_de_mois(debut, mois, fin):
    assert fin_de_delai(debut, mois) == fin


@given(JOURS, st.integers(1, 60))
def test_le_lendemain_d_un_delai_est_le_meme_quantieme_ou_le_premier_du_mois(debut, mois):
    lendemain = fin_de_delai(debut, mois) + datetime.timedelta(days=1)
    assert lendemain.day in (debut.day, 1)
    assert lendemain >= ajouter_mois(debut, mois)


@given(JOURS)
def test_le_dernier_jour_precede_le_premier_du_mois_suivant(jour):
    suivant = ajouter_mois(premier_jour(jour), 1)
    assert dernier_jour(jour) + datetime.timedelta(days=1) == suivant


@pytest.mark.parametrize(
    ("naissance", "le", "ans"),
    [
        (D(2000, 6, 15), D(2026, 6, 14), 25),
        (D(2000, 6, 15), D(2026, 6, 15), 26),
        (D(2000, 2, 29), D(2026, 2, 28), 25),
        (D(2000, 2, 29), D(2026, 3, 1), 26),
    ],
)
def test_l_age_est_en_annees_revolues(naissance, le, ans):
    assert age(naissance, le) == ans


@pytest.mark.parametrize("texte", ["2026-10", "10/2026", "2026-10-15", "15/10/2026", " 2026-10 "])
def test_un_mois_se_lit_de_plusieurs_facons(texte):
    assert lire_mois(texte) == D(2026, 10, 1)


@pytest.mark.parametrize("texte", ["", "2026", "octobre 2026", "2026-13", "00/2026", "2026/10", "0000-01"])
def test_ce_qui_n_est_pas_un_mois_est_refuse(texte):
    with pytest.raises(ValueError):
        lire_mois(texte)


def test_une_periode_comprend_ses_bornes():
    annee = Periode.annee(2018)
    assert annee.rencontre(D(2018, 12, 31), D(2019, 6, 1))
    assert annee.rencontre(D(2017, 1, 1), D(2018, 1, 1))
    assert annee.rencontre(D(2017, 1, 1), None)
    assert not annee.rencontre(D(2017, 1, 1), D(2017, 12, 31))
    assert not annee.rencontre(D(2019, 1, 1), None)


def test_les_mois_d_une_periode_sont_des_premiers_jours():
    assert list(Periode(D(2026, 11, 15), D(2027, 1, 2)).mois()) == [D(2026, 11, 1), D(2026, 12, 1), D(2027, 1, 1)]
