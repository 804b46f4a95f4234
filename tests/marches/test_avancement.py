"""Le suivi d'un engagement : ce qui reste, ce que le barème en ferait, et ce qui dépasse sans alerter."""

import datetime
from decimal import Decimal as D

import pytest
from django.urls import reverse

from marches.avancement import heures_attendues, jours_d_execution, penalite_proposee
from socle.nombres import arrondir
from socle.tables import Jauge


def jan(jour: int) -> datetime.date:
    return datetime.date(2027, 1, 1) + datetime.timedelta(days=jour - 1)


def test_histoire_11_ce_qui_reste_et_la_penalite_proposee():
    jauge = Jauge(D(1181), D(1000))
    assert (arrondir(jauge.part, 1), jauge.reste) == (D("84.7"), 181)
    assert penalite_proposee(jauge.reste, D(200)) == 36200
    assert penalite_proposee(D(0), D(200), 12, D(75)) == 900
    assert penalite_proposee(D(-5), D(200), -1, D(75)) == 0
    assert penalite_proposee(D(181), None) == 0
    assert penalite_proposee(D(181), None, 1, None) == 0


def test_histoire_12_le_double_se_dit_et_n_alerte_pas():
    jauge = Jauge(D(71500), D(143000), D(71500))
    assert (jauge.part, jauge.reste, jauge.ton) == (200, 0, "fait")


def test_l_acheteur_trouve_les_textes_de_la_clause_sur_son_marche(monde, connecte):
    page = connecte("maitre_ouvrage").get(reverse("marches:fiche", args=[monde.marche.uuid])).content.decode()
    assert reverse("marches:redaction_archive", args=[monde.redaction.uuid]) in page


@pytest.mark.parametrize(
    ("du", "au", "arrets", "jours"),
    [
        (1, 31, [], 31),
        (5, 5, [], 1),
        (5, 4, [], 0),
        (5, 1, [], 0),
        (1, 31, [(10, 19)], 21),
        (1, 31, [(15, 15)], 30),
        (1, 31, [(-6, 5)], 26),  # commencé avant
        (1, 31, [(30, 43)], 29),  # fini après
        (1, 31, [(-9, 0), (32, 40)], 31),  # la veille du premier jour, le lendemain du dernier
        (1, 31, [(2, 3), (30, 31)], 27),
        (1, 31, [(-9, 90)], 0),
    ],
)
def test_les_jours_d_execution_comptent_leurs_bornes_et_pas_les_arrets(du, au, arrets, jours):
    assert jours_d_execution(jan(du), jan(au), [(jan(debut), jan(fin)) for debut, fin in arrets]) == jours


@pytest.mark.parametrize(
    ("le", "arrets", "attendues"),
    [
        (0, [], "0"),  # la veille
        (0, [(1, 31)], "0"),
        (1, [], "10"),
        (15, [], "150"),
        (30, [], "300"),
        (31, [], "310.4"),  # le dernier jour, tout est dû, au centième
        (90, [], "310.4"),
        (20, [(11, 20)], "148"),  # dix jours faits sur vingt et un
        (20, [(1, 31)], "310.4"),  # aucun jour d'exécution : aucun rythme à tenir
    ],
)
def test_les_heures_attendues_suivent_un_rythme_regulier(le, arrets, attendues):
    arrets = [(jan(debut), jan(fin)) for debut, fin in arrets]
    assert heures_attendues(D("310.4"), jan(1), jan(31), jan(le), arrets) == D(attendues)
