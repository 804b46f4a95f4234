"""Le PDF du bilan : ce qu'il dit, comment il est balisé, et toujours les mêmes octets. Un rendu sert à tout le module."""

import io

import outloud
import pdfua
import pikepdf
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary

from reporting.bilan.masques import masquer
from reporting.calcul.registre import INDICATEURS, VENTILES
from reporting.enums import Presentation
from reporting.rendu.pdf.contexte import Publication
from reporting.rendu.pdf.document import contexte, rendre_bilan
from tests.reporting.donnees_bilan import donnees_2018, donnees_masquees, donnees_vides

EMPREINTE = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PUBLICATION = Publication(2, "4 février 2019", EMPREINTE)


@pytest.fixture(scope="module")
def octets() -> bytes:
    """La fiche 2018, exacte, publiée."""
    return rendre_bilan(donnees_2018(), Presentation.EXACTE, PUBLICATION)


@pytest.fixture(scope="module")
def grand_public() -> bytes:
    """Le même bilan masqué, tel qu'il sort de la structure."""
    return rendre_bilan(donnees_masquees(), Presentation.GRAND_PUBLIC)


def lire(octets: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(octets)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u202f", " ").replace("\xa0", " ").split())


def ecrire(tmp_path, octets: bytes):
    fichier = tmp_path / "bilan.pdf"
    fichier.write_bytes(octets)
    return fichier


def test_les_deux_arrondis_se_lisent_dans_l_une_et_l_autre_presentation(octets):
    for presentation, texte in (
        ("exacte", lire(octets)),
        ("grand public", lire(rendre_bilan(donnees_2018(), Presentation.GRAND_PUBLIC))),
    ):
        for attendu in (
            *("28 900 h", "146", "36 sur 146", "24,7 %", "¼", "66 sur 146", "45,2 %", "45 %", "17 sur 30", "56,7 %"),
            *("55 %", "14 sur 29", "48,3 %", "près de la moitié", "18,06 ETP"),
        ):
            assert attendu in texte, (presentation, attendu)


def test_il_est_en_francais_titre_et_balise(octets):
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        assert str(pdf.Root.Lang) == "fr-FR"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadonnees:
            assert metadonnees["dc:title"].startswith("Bilan 2018 des clauses sociales")
            assert metadonnees["pdfuaid:part"] == "1"
        balises = set(_balises(pdf.Root.StructTreeRoot.K))
        assert {"H1", "H2", "H3", "Table", "TH", "TD", "Caption", "Figure", "Link", "L", "LI"} <= balises


def test_un_tableau_sur_plusieurs_pages_n_en_est_qu_un(octets):
    """Chaque tableau du récit est un seul élément, et ses lignes sont toutes sous lui."""
    attendus = [
        len(figure.tableau.lignes) + bool(figure.tableau.total)
        for chapitre in contexte(donnees_2018(), Presentation.EXACTE).chapitres
        for figure in chapitre.figures
        if figure.tableau
    ]
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        assert list(_lignes_des_tableaux(pdf.Root.StructTreeRoot.K)) == attendus


def _lignes_des_tableaux(noeud):
    if isinstance(noeud, Array):
        for enfant in noeud:
            yield from _lignes_des_tableaux(enfant)
    elif isinstance(noeud, Dictionary) and "/S" in noeud:
        if str(noeud.S) == "/Table":
            yield sum(len(list(partie.K)) for partie in noeud.K if str(partie.S) == "/TBody")
        elif "/K" in noeud:
            yield from _lignes_des_tableaux(noeud.K)


def _balises(noeud):
    if isinstance(noeud, Array):
        for enfant in noeud:
            yield from _balises(enfant)
    elif isinstance(noeud, Dictionary) and "/S" in noeud:
        yield str(noeud.S)[1:]
        if str(noeud.S) == "/Figure":
            assert str(noeud.Alt).strip(), "un dessin sans texte de remplacement"
        if "/K" in noeud:
            yield from _balises(noeud.K)


def test_il_a_plusieurs_pages_et_un_signet_par_chapitre(octets):
    lecteur = pypdf.PdfReader(io.BytesIO(octets))
    chapitres = contexte(donnees_2018(), Presentation.EXACTE).chapitres
    assert 12 <= len(lecteur.pages) <= 18
    signets = [signet.title for signet in _signets(lecteur.outline)]
    assert set(chapitre.titre for chapitre in chapitres) <= set(signets)
    for rang, page in enumerate(lecteur.pages[1:], 2):
        assert len(page.extract_text()) > 350, f"page {rang} presque vide"
        assert f"page {rang} / {len(lecteur.pages)}" in page.extract_text().replace("\xa0", " ")


def _signets(signets):
    for signet in signets:
        if isinstance(signet, list):
            yield from _signets(signet)
        else:
            yield signet


def test_les_verificateurs_d_accessibilite_ne_trouvent_rien(octets, grand_public, tmp_path):
    for contenu in (octets, grand_public):
        fichier = ecrire(tmp_path, contenu)
        assert not pdfua.validate(fichier).findings
        trouves = outloud.check(fichier).findings
        assert not [(t.rule, t.message) for t in trouves], "outloud"


def test_les_memes_donnees_donnent_les_memes_octets(octets):
    assert rendre_bilan(donnees_2018(), Presentation.EXACTE, PUBLICATION) == octets


def test_un_bilan_publie_porte_sa_version_sa_date_et_son_empreinte(octets, grand_public):
    texte = lire(octets)
    assert "Version 2, publiée le 4 février 2019" in texte
    assert EMPREINTE in texte.replace(" ", "")
    assert "Document de travail, données arrêtées au 4 février 2019" in lire(grand_public)
    assert "Document de travail" not in texte


def test_la_page_des_definitions_les_a_toutes(octets):
    texte = lire(octets).replace("- ", "").replace(" ", "")
    for indicateur in INDICATEURS:
        if indicateur.cle not in VENTILES:
            definition = indicateur.definition.replace("'", "’").replace(" ", "")
            assert definition[:60] in texte, indicateur.cle


def test_la_typographie_est_francaise(octets):
    texte = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(octets)).pages)
    assert "28\u202f900" in texte
    assert "24,7\xa0%" in texte
    assert "'" not in texte


def test_ce_qui_est_masque_se_dit_et_ne_se_dessine_pas(grand_public):
    texte = lire(grand_public)
    assert "< 5" in texte
    assert "masqué" in texte
    assert "Les effectifs de 1 à 4 personnes sont masqués." in texte


def test_une_structure_de_quatre_personnes_ne_dit_ni_combien_ni_personne():
    donnees = donnees_2018(0, 0)
    for chiffre in donnees["chiffres"].values():
        chiffre["precedente"] = None
        if chiffre["unite"] == "personnes":
            chiffre["valeur"] = 1
    donnees["chiffres"]["beneficiaires"]["valeur"] = donnees["evolution"][-1]["beneficiaires"] = 3
    vue = contexte(masquer(donnees), Presentation.EXACTE)
    assert vue.accroche.replace("\xa0", " ").startswith("En 2018, moins de 5 personnes ont travaillé")
    phrases = " ".join(figure.phrase for chapitre in vue.chapitres for figure in chapitre.figures)
    assert "Moins de 5 personnes ont travaillé en 2018." in phrases.replace("\xa0", " ")
    assert "Aucune personne" not in phrases
    assert "en moyenne" not in phrases


def test_une_annee_vide_n_a_ni_graphique_ni_page_pour_rien(tmp_path):
    donnees = donnees_vides()
    assert not any(
        figure.dessin for chapitre in contexte(donnees, Presentation.EXACTE).chapitres for figure in chapitre.figures
    )
    octets = rendre_bilan(donnees, Presentation.EXACTE)
    assert len(pypdf.PdfReader(io.BytesIO(octets)).pages) <= 9
    assert not outloud.check(ecrire(tmp_path, octets)).findings


@given(st.sampled_from(list(Presentation)), st.booleans())
@settings(max_examples=4, deadline=None)
def test_chaque_tuile_d_une_part_dit_l_effectif_le_total_et_l_autre_presentation(presentation, publique):
    donnees = donnees_masquees() if publique else donnees_2018()
    chiffres_cles = contexte(donnees, presentation).chapitres[0]
    parts = [tuile for groupe in chiffres_cles.groupes[2:] for tuile in groupe.tuiles]
    connues = [tuile for tuile in parts if tuile.precision]
    assert len(connues) >= 9
    for tuile in connues:
        assert " sur " in tuile.precision
        assert "," in tuile.precision
        exacte = tuile.grand if presentation == Presentation.EXACTE else tuile.precision.rpartition("soit ")[2]
        assert exacte.endswith("\xa0%")
        assert "," in exacte


def test_un_mot_sans_fin_passe_a_la_ligne():
    """Une longue adresse collée dans un texte sortait de la page, à droite."""
    donnees = donnees_vides() | {"textes": {"difficultes": f"<p>{'m' * 200}</p>"}}
    pages = pypdf.PdfReader(io.BytesIO(rendre_bilan(donnees, Presentation.EXACTE))).pages
    (page,) = [page for page in pages if "mmmm" in page.extract_text()]
    lignes = [ligne for ligne in page.extract_text().splitlines() if "mmmm" in ligne]
    assert len(lignes) > 1 and "".join(lignes).count("m") >= 200
