from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from socle.texte import dans_une_phrase, nettoyer, plier, sans_numero_national
from socle.validateurs import valider_nom


@pytest.mark.parametrize(
    ("texte", "plie"),
    [
        ("Brèche  du Bœuf", "breche du boeuf"),
        ("L’Haÿ-les-Roses", "l'hay-les-roses"),
        ("ÉCOLE", "ecole"),
        ("Straße", "strasse"),
        ("  ", ""),
        ("Łukasz Đorđević Ørsted", "lukasz dordevic orsted"),
        ("İstanbul, Reykjavík, Þór", "istanbul, reykjavik, thor"),
        ("Saint\u2010Lô\u2011sur\u2014Mer", "saint-lo-sur-mer"),
        ("O\u02bcBrien d\u00b4Arc L\u2019Her", "o'brien d'arc l'her"),
        ("Le\u200bgoff co\u00adtentin\ufeff", "legoff cotentin"),
    ],
)
def test_plier(texte, plie):
    assert plier(texte) == plie


@given(st.text(max_size=60))
def test_plier_deux_fois_ne_change_plus_rien(texte):
    assert plier(plier(texte)) == plier(texte)


@pytest.mark.parametrize(
    ("texte", "propre"),
    [
        ("Réfection de la salle\x0bsuite", "Réfection de la salle\nsuite"),
        ("une\r\ndeux\rtrois\u2028quatre\tcinq", "une\ndeux\ntrois\nquatre\tcinq"),
        ("Le\u200bgoff co\u00adtentin\ufeff \u202eabc\u2066", "Legoff cotentin abc"),
        ("a\x00b\x1bc\x7fd\x80e", "abcde"),
        ("e\u0301cole \ud83d \ufffe", "école  "),
        ("« 12\u202f000\u00a0€ » 🦄 Łódź 東京", "« 12\u202f000\u00a0€ » 🦄 Łódź 東京"),
    ],
)
def test_un_texte_se_nettoie_de_ce_qui_ne_se_voit_pas(texte, propre):
    assert nettoyer(texte) == propre
    assert nettoyer(texte, une_ligne=True) == propre.replace("\n", " ").replace("\t", " ")


@given(st.text(max_size=60))
def test_nettoyer_deux_fois_ne_change_plus_rien_et_tout_document_l_admet(texte):
    propre = nettoyer(texte)
    assert nettoyer(propre) == propre
    ElementTree.fromstring(f"<t>{escape(propre)}</t>".encode())


@pytest.mark.parametrize(
    "nom",
    [
        "Đorđević",
        "Nguyễn Thị Ánh",
        "李小龙",
        "محمد",
        "O\u02bcBrien",
        "Le Goff-d'Hérouville",
        "J.-P. Martin",
        "Müller & Fils (50)",
    ],
)
def test_un_nom_admet_toute_ecriture(nom):
    valider_nom(nom)


@pytest.mark.parametrize(
    "nom", ["{{7*7}}", "{% now 'Y' %}", "<b>Ada</b>", "a>b", "A\x0bB", "A\x00", "A\u200bB", "A\nB"]
)
def test_un_nom_refuse_ce_qui_n_en_est_pas_un(nom):
    with pytest.raises(ValidationError, match=r"Un nom ne contient pas le signe|caractère invisible"):
        valider_nom(nom)


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
        "83c178f1-eb48-455b-a335-0123456789ab 1 85 05 78 006 084",
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
        "83c178f1-eb48-455b-a335-185057800608",  # les chiffres d'un UUID tombent parfois ainsi
        "83c178f1-eb48-455b-a185-057800608436",
        "référence 1A2B3A4B5A6B7",
        "1 99 13 50 129 001",  # treizième mois
        "0123456789012",
        "18505780060843612",
    ],
)
def test_un_autre_nombre_est_permis(texte):
    sans_numero_national(texte)


@pytest.mark.parametrize(
    ("libelle", "dit"),
    [
        ("Attestation CAF ou MSA", "attestation CAF ou MSA"),
        ("DRH", "DRH"),
        ("Pass IAE en cours", "pass IAE en cours"),
        ("", ""),
    ],
)
def test_un_sigle_garde_ses_capitales_dans_une_phrase(libelle, dit):
    assert dans_une_phrase(libelle) == dit
