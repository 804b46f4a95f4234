import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from socle.texte import plier, sans_numero_national


@pytest.mark.parametrize(
    ("texte", "plie"),
    [
        ("Brèche  du Bœuf", "breche du boeuf"),
        ("L’Haÿ-les-Roses", "l'hay-les-roses"),
        ("ÉCOLE", "ecole"),
        ("Straße", "strasse"),
        ("  ", ""),
    ],
)
def test_plier(texte, plie):
    assert plier(texte) == plie


@given(st.text(max_size=60))
def test_plier_deux_fois_ne_change_plus_rien(texte):
    assert plier(plier(texte)) == plier(texte)


@pytest.mark.parametrize(
    "texte",
    [
        "1 85 05 78 006 084 36",
        "185057800608436",
        "1850578006084",
        "Son numéro : 2 99 12 2A 123 456 78, vu ce jour.",
        "2.99.12.2b.123.456.78",
        "185-05-78-006-084-36",
        "3 85 32 99 006 084",
        "nir:1850578006084;",
        "1\u00a085\u00a005\u00a078\u00a0006\u00a0084\u00a036",
        "1\u202f85\u202f05\u202f78\u202f006\u202f084",
    ],
)
def test_un_numero_de_securite_sociale_est_refuse(texte):
    with pytest.raises(ValidationError, match="sécurité sociale"):
        sans_numero_national(texte)


@pytest.mark.parametrize(
    "texte",
    [
        "",
        None,
        "73282932000074",  # SIRET
        "SIRET 732 829 320 00074 à Cherbourg",
        "SIREN 732829320",
        "02 33 01 02 03",
        "02 33 01 02 03 50100 Cherbourg-en-Cotentin",
        "06.12.34.56.78 ou 02.33.01.02.03",
        "06 12 34 56 78 06 12 34 56 79",
        "+33 6 12 34 56 78",
        "FR76 3000 6000 0112 3456 7890 189",
        "du 12/03/2026 au 31/08/2026",
        "2026-01-15 2026-02-15",
        "Marchés 2024-014, 2025-015 et 2026-016",
        "budget de 1 500 000,00 € HT en 2026",
        "3f2b9a10-8ab1-4b1a-9a1b-1ab2ab3ab4ab",
        "référence 1A2B3A4B5A6B7",
        "1 99 13 50 129 001",  # treizième mois
        "0123456789012",
        "18505780060843612",
    ],
)
def test_un_autre_nombre_est_permis(texte):
    sans_numero_national(texte)
