import contextlib
import datetime
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from socle.exports import exporter_csv, exporter_xlsx
from socle.lecture import lire_decimal, lire_mois
from socle.nombres import (
    arrondir,
    de_mois,
    en_chiffres,
    euros,
    heures,
    il_y_a,
    jour,
    mois_annee,
    nombre,
    nombres_distincts,
    part,
    pourcent,
    taille,
)
from socle.tables import Colonne, Genre

FINE, INSECABLE = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("valeur", "ecrit"),
    [
        (28900, f"28{FINE}900"),
        (Decimal("12.50"), "12,5"),
        (Decimal("12.00"), "12"),
        (Decimal("1234567.891"), f"1{FINE}234{FINE}567,89"),
        (Decimal("-3.5"), "−3,5"),
        (Decimal("-0.001"), "0"),
        (0, "0"),
        (None, ""),
        (0.1, "0,1"),
    ],
)
def test_un_nombre_s_ecrit_a_la_francaise(valeur, ecrit):
    assert nombre(valeur) == ecrit


@pytest.mark.parametrize(
    ("valeur", "decimales", "ecrit"), [(45, 1, "45,0"), (Decimal("56.66"), 0, "57"), (Decimal("-0.4"), 0, "0")]
)
def test_les_decimales_demandees_sont_toutes_ecrites(valeur, decimales, ecrit):
    assert nombre(valeur, decimales) == ecrit


@pytest.mark.parametrize(
    ("valeur", "arrondi"), [("0.5", "1"), ("1.5", "2"), ("2.5", "3"), ("-0.5", "-1"), ("0.499", "0")]
)
def test_l_arrondi_est_commercial(valeur, arrondi):
    assert arrondir(Decimal(valeur)) == Decimal(arrondi)


def test_les_unites_suivent_une_espace_insecable():
    assert heures(Decimal("7.5")) == f"7,5{INSECABLE}h"
    assert euros(1500) == f"1{FINE}500{INSECABLE}€"
    assert euros(Decimal("1200000.5")) == f"1{FINE}200{FINE}000,50{INSECABLE}€"  # des centimes, deux chiffres
    assert (euros(12.999), euros(Decimal("-0.004"))) == (f"13{INSECABLE}€", f"0{INSECABLE}€")
    assert pourcent(part(17, 30)) == f"56,7{INSECABLE}%"
    assert (heures(None), euros(None), pourcent(None)) == ("", "", "–")


@pytest.mark.parametrize("mois", range(1, 13))
def test_le_mois_s_elide(mois):
    jour = datetime.date(2026, mois, 1)
    assert de_mois(jour) == f"{"d'" if mois in (4, 8, 10) else 'de '}{mois_annee(jour)}"
    assert de_mois("octobre 2026") == "d'octobre 2026" and de_mois("mars à mai 2026") == "de mars à mai 2026"


@pytest.mark.parametrize(
    ("octets", "pese"), [(5 * 1024**2 + 1, "5,1 Mo"), (20 * 1024**2, "20 Mo"), (1500, "1,5 ko"), (12, "12 octets")]
)
def test_un_fichier_se_pese_en_mo(octets, pese):
    assert taille(octets) == pese.replace(" ", INSECABLE)


def test_une_part_de_rien_n_existe_pas():
    assert part(3, 0) is None


@pytest.mark.parametrize(
    ("tape", "lu"),
    [
        ("1 234,5", "1234.5"),
        (f"1{FINE}234,50{INSECABLE}h", "1234.50"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("7.5", "7.5"),
        (",5", "0.5"),
        ("−3", "-3"),
        ("12 €", "12"),
        ("+4", "4"),
    ],
)
def test_un_nombre_tape_se_relit(tape, lu):
    assert lire_decimal(tape) == Decimal(lu)


@pytest.mark.parametrize("tape", ["", "douze", "1,2,3", "NaN", "1e5", "--1", "1 2 h h", ".", "∞"])
def test_ce_qui_n_est_pas_un_nombre_est_refuse(tape):
    with pytest.raises(ValueError):
        lire_decimal(tape)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_ce_qui_s_ecrit_se_relit_a_l_identique(valeur):
    assert lire_decimal(nombre(valeur)) == valeur


@given(st.text(max_size=30))
def test_aucun_texte_ne_casse_la_lecture_d_un_nombre(texte):
    with contextlib.suppress(ValueError):
        assert isinstance(lire_decimal(texte), Decimal)


def test_un_jour_est_celui_de_paris():
    """Minuit et demi, à Paris, le 1er décembre : la base garde le 30 novembre, 23 h 30, en temps universel."""
    instant = datetime.datetime(2026, 11, 30, 23, 30, tzinfo=datetime.UTC)
    assert (jour(instant), en_chiffres(instant), mois_annee(instant)) == (
        "1er\u00a0déc.\u00a02026",
        "01/12/2026",
        "décembre 2026",
    )
    assert il_y_a(instant, datetime.date(2026, 12, 1)) == "aujourd'hui"
    assert en_chiffres(datetime.date(2026, 11, 30)) == "30/11/2026"
    colonnes = [Colonne("Le", lambda objet: objet, Genre.DATE)]
    assert "01/12/2026" in b"".join(exporter_csv("x", colonnes, [instant]).streaming_content).decode("utf-8-sig")
    classeur = CalamineWorkbook.from_filelike(io.BytesIO(exporter_xlsx("x", colonnes, [instant]).content))
    assert classeur.get_sheet_by_index(0).to_python()[1] == [datetime.date(2026, 12, 1)]


def test_un_mois_s_ecrit_en_toutes_lettres():
    assert mois_annee(lire_mois("2026-08")) == "août 2026"


@pytest.mark.parametrize(
    ("un", "autre", "ecrits"),
    [
        ("12", "13", ("12", "13")),
        ("18.0625", "18.0601", ("18,063", "18,060")),
        ("18.0626", "18.0629", ("18,0626", "18,0629")),
        ("12.5", "12.50", ("12,5", "12,5")),
        ("0.00000001", "0", ("0,000000", "0,000000")),
    ],
)
def test_deux_nombres_compares_montrent_ce_qui_les_distingue(un, autre, ecrits):
    assert nombres_distincts(Decimal(un), Decimal(autre)) == ecrits
