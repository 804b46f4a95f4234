"""Les retards et le calcul d'une pénalité, ligne à ligne. Pur, au jour et au centime près."""

import datetime
from decimal import Decimal as D

import pytest

from cloture.calcul import (
    MoisDu,
    Retard,
    calculer_le_retard,
    calculer_les_heures,
    ecrire_jours,
    heures_retenues,
    retards,
)

ECHEANCE, LE = datetime.date(2026, 4, 15), datetime.date(2026, 5, 15)


def jour(texte: str) -> datetime.date:
    return datetime.date.fromisoformat(texte)


def du(recu_le: str | None, mois: str = "2026-03-01", echeance: datetime.date = ECHEANCE) -> MoisDu:
    return MoisDu(jour(mois), echeance, jour(recu_le) if recu_le else None)


def lus(*dus: MoisDu, demeures=(), prealable=False) -> list[Retard]:
    return retards(dus, [(jour(datee), jour(recue)) for datee, recue in demeures], prealable=prealable, le=LE)


@pytest.mark.parametrize(
    ("recu_le", "jours"),
    [("2026-04-14", None), ("2026-04-15", None), ("2026-04-16", 1), ("2026-05-15", 30), (None, 30)],
)
def test_un_retard_commence_le_lendemain_de_l_echeance(recu_le, jours):
    trouves = lus(du(recu_le))
    assert [retard.jours for retard in trouves] == ([] if jours is None else [jours])
    if jours:
        recu = jour(recu_le) if recu_le else None
        assert trouves == [Retard(ECHEANCE, (jour("2026-03-01"),), recu, ECHEANCE, jours)]


@pytest.mark.parametrize(
    ("demeures", "depart", "jours"),
    [
        ([], None, 0),
        ([("2026-04-15", "2026-04-20")], None, 0),  # datée du jour de l'échéance : elle ne vise pas ce qui manque
        ([("2026-04-16", "2026-04-20")], "2026-04-20", 25),
        ([("2026-04-22", "2026-04-25"), ("2026-04-16", "2026-04-20")], "2026-04-20", 25),
        ([("2026-05-20", "2026-05-25")], "2026-05-25", 0),
    ],
)
def test_s_il_la_faut_les_jours_courent_de_la_premiere_mise_en_demeure_d_apres(demeures, depart, jours):
    (retard,) = lus(du(None), demeures=demeures, prealable=True)
    assert (retard.depart, retard.jours) == (jour(depart) if depart else None, jours)
    assert lus(du(None), demeures=demeures)[0].jours == 30  # sans elle, de l'échéance


def test_les_mois_d_une_meme_echeance_font_un_retard_du_dernier_recu():
    trimestre = [du("2026-04-20", "2026-03-01"), du("2026-04-25", "2026-01-01"), du("2026-04-10", "2026-02-01")]
    mois = tuple(map(jour, ("2026-01-01", "2026-02-01", "2026-03-01")))
    assert lus(*trimestre) == [Retard(ECHEANCE, mois, jour("2026-04-25"), ECHEANCE, 10)]
    assert lus(*trimestre[:2], du(None, "2026-02-01")) == [Retard(ECHEANCE, mois, None, ECHEANCE, 30)]


def test_les_echeances_se_suivent_dans_l_ordre():
    tard = datetime.date(2026, 5, 1)
    assert [r.echeance for r in lus(du(None, echeance=tard), du(None))] == [ECHEANCE, tard]


@pytest.mark.parametrize(("neutralisees", "retenues"), [(0, 40), (15, 25), (40, 0), (41, 0)])
def test_une_heure_neutralisee_ne_compte_pas(neutralisees, retenues):
    assert heures_retenues(D(100), D(60), D(neutralisees)) == retenues


def lisible(calcul) -> dict[str, str]:
    return {cle: valeur.replace("\u202f", " ").replace("\xa0", " ") for cle, valeur in calcul.lignes}


def test_le_calcul_des_heures_se_lit_ligne_a_ligne():
    calcul = calculer_les_heures(D(100), D(60), D(15), D("12.50"))
    assert calcul.montant == D("312.50")
    assert list(lisible(calcul).values()) == ["100 h", "−60 h", "40 h", "−15 h", "25 h", "12,50 €", "312,50 €"]
    assert calculer_les_heures(D(3), D(0), D(0), D("0.125")).montant == D("0.38")  # au centime
    sans = calculer_les_heures(D(100), D(60), D(0), None)
    assert sans.montant == 0
    assert list(lisible(sans).values()) == ["100 h", "−60 h", "40 h", "0 €", "0 €"]
    assert lisible(calculer_les_heures(D(100), D(160), D(0), D(1)))["Heures manquantes"] == "0 h"


def test_le_calcul_du_retard_dit_chaque_echeance_qui_compte():
    trouves = [Retard(ECHEANCE, (), None, ECHEANCE, 3), Retard(LE, (), None, None, 0)]
    calcul = calculer_le_retard(trouves, D("10.10"))
    assert calcul.montant == D("30.30")
    assert list(lisible(calcul).items())[:2] == [
        ("Retard sur l'échéance du 15/04/2026", "3 jours"),
        ("Jours de retard", "3 jours"),
    ]
    assert list(lisible(calcul).values())[2:] == ["10,10 €", "30,30 €"]
    assert calculer_le_retard(trouves, D("0.125")).montant == D("0.38")  # au centime
    sans = calculer_le_retard(trouves, None)
    assert (sans.montant, list(lisible(sans).values())[2:]) == (0, ["0 €", "0 €"])


def test_un_jour_s_ecrit_au_singulier():
    assert [ecrire_jours(n).replace("\xa0", " ") for n in (0, 1, 2)] == ["0 jour", "1 jour", "2 jours"]
