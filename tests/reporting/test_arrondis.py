"""Les deux présentations d'une part : les phrases de la fiche 2018, puis des propriétés."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.calcul.arrondis import ABSENTE, FRACTIONS, Parts, part_exacte, part_grand_public
from reporting.enums import Presentation

DES_PARTS = st.integers(1, 5000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))
FRACTION_DE = {signe: fraction for fraction, *signes in FRACTIONS for signe in signes}


@pytest.mark.parametrize(
    ("valeur", "total", "exacte", "grand_public"),
    [
        (36, 146, "24,7 %", "¼"),
        (66, 146, "45,2 %", "45 %"),
        (17, 30, "56,7 %", "55 %"),
        (14, 29, "48,3 %", "près de la moitié"),
        (1, 2, "50,0 %", "½"),
        (1, 3, "33,3 %", "⅓"),
        (2, 3, "66,7 %", "⅔"),
        (3, 4, "75,0 %", "¾"),
        (53, 100, "53,0 %", "55 %"),
        (229, 1000, "22,9 %", "près du quart"),
        (475, 1000, "47,5 %", "près de la moitié"),
        (522, 1000, "52,2 %", "plus de la moitié"),
        (349, 1000, "34,9 %", "plus du tiers"),
        (35, 100, "35,0 %", "35 %"),
        (65, 100, "65,0 %", "65 %"),
        (515, 1000, "51,5 %", "plus de la moitié"),
        (39, 40, "97,5 %", "plus de 95 %"),
        (1, 40, "2,5 %", "5 %"),
        (64.75, 100, "64,8 %", "65 %"),
        (65.25, 100, "65,3 %", "près des deux tiers"),
        (0, 12, "0,0 %", "0 %"),
        (12, 12, "100,0 %", "100 %"),
        (1, 500, "0,2 %", "moins de 5 %"),
        (499, 500, "99,8 %", "plus de 95 %"),
    ],
)
def test_une_part_dans_les_deux_presentations(valeur, total, exacte, grand_public):
    assert part_exacte(valeur, total).replace("\xa0", " ") == exacte
    assert part_grand_public(valeur, total).replace("\xa0", " ") == grand_public


@pytest.mark.parametrize(
    ("valeur", "total"), [(0, 0), (3, 0), (None, 146), (3, None), ("< 5", 146), ("masqué", 146), (36, "masqué")]
)
def test_ce_qui_n_a_pas_de_part_se_dit_par_un_tiret(valeur, total):
    assert part_exacte(valeur, total) == part_grand_public(valeur, total) == ABSENTE
    assert Parts(Presentation.EXACTE).autre(valeur, total) == ""


@pytest.mark.parametrize(
    ("valeur", "total", "presentation", "attendue"),
    [
        (36, 146, Presentation.EXACTE, "environ ¼"),
        (36, 144, Presentation.EXACTE, "soit ¼"),
        (2, 10, Presentation.EXACTE, "soit 20 %"),
        (14, 29, Presentation.EXACTE, "près de la moitié"),
        (36, 146, Presentation.GRAND_PUBLIC, "soit 24,7 %"),
        (7.5, 100, Presentation.EXACTE, "entre 5 et 10 %"),  # « environ 10 % » n'éclaire pas 7,5 %
        (9.5, 100, Presentation.EXACTE, "environ 10 %"),
    ],
)
def test_l_autre_lecture_se_lit_sous_la_premiere(valeur, total, presentation, attendue):
    assert Parts(presentation).autre(valeur, total).replace("\xa0", " ") == attendue


@pytest.mark.parametrize(
    ("valeur", "grand_public", "autre"),
    [(229, "25 %", "environ 25 %"), (233, "près du quart", "près du quart"), (75, "10 %", "environ 10 %")],
)
def test_un_bilan_deja_publie_garde_les_mots_de_son_temps(valeur, grand_public, autre):
    assert Parts(Presentation.GRAND_PUBLIC, 1).lue(valeur, 1000).replace("\xa0", " ") == grand_public
    assert Parts(Presentation.EXACTE, 1).autre(valeur, 1000).replace("\xa0", " ") == autre
    assert Parts.de({}, Presentation.GRAND_PUBLIC).redaction == 1
    assert Parts.de({"redaction": 2}, Presentation.GRAND_PUBLIC).redaction == 2


def lue(texte: str) -> Decimal:
    return FRACTION_DE[texte] if texte in FRACTION_DE else Decimal(texte.rsplit(" ", 1)[-1].removesuffix("\xa0%"))


@given(DES_PARTS)
def test_grand_public_ne_s_ecarte_jamais_de_plus_de_cinq_points(paire):
    valeur, total = paire
    exacte, texte = Decimal(valeur) * 100 / total, part_grand_public(valeur, total)
    assert abs(exacte - lue(texte)) <= 5
    if texte.startswith(("près", "moins")):
        assert exacte < lue(texte)
    if texte.startswith("plus"):
        assert exacte > lue(texte)


@given(DES_PARTS)
def test_personne_n_est_ni_efface_ni_ajoute(paire):
    """« 0 % » et « 100 % » sont réservés à rien et à tous."""
    valeur, total = paire
    texte = part_grand_public(valeur, total).replace("\xa0", " ")
    assert (texte == "0 %") == (valeur == 0)
    assert (texte == "100 %") == (valeur == total)


def test_la_part_la_plus_loin_du_compte_n_a_jamais_le_mot_le_plus_rond():
    """De 0 à 100 %, au centième : chaque mot ne vaut que d'un seul tenant, et ce qu'il nomme y est."""
    mots = [part_grand_public(rang, 10_000) for rang in range(10_001)]
    tenants = [mot for rang, mot in enumerate(mots) if not rang or mots[rang - 1] != mot]
    assert len(tenants) == len(set(tenants))
    for fraction, signe, *_ in FRACTIONS:
        assert mots[round(fraction * 100)] == signe
    for multiple in range(0, 101, 5):
        assert lue(mots[multiple * 100]) == multiple


@given(DES_PARTS, DES_PARTS)
def test_une_part_plus_grande_ne_se_lit_jamais_plus_petite(une, autre):
    petite, grande = sorted((une, autre), key=lambda paire: Decimal(paire[0]) / paire[1])
    assert lue(part_grand_public(*petite)) <= lue(part_grand_public(*grande))
