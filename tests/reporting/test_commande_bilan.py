"""`manage.py bilan` : un fichier entier ou rien, et un refus que l'on comprend."""

import io

import pypdf
import pytest
from django.core.management import CommandError, call_command

from reporting.management.commands import bilan as commande
from tests.fabriques.comptes import OrganisationFactory


@pytest.fixture
def sans_rendu(monkeypatch):
    recus = []
    monkeypatch.setattr(commande, "rendre_bilan", lambda *arguments: recus.append(arguments) or b"%PDF-essai")
    return recus


def lancer(structure, sortie, annee="2026", **options):
    dit = io.StringIO()
    call_command("bilan", structure=structure, annee=int(annee), sortie=sortie, stdout=dit, **options)
    return dit.getvalue()


def test_le_pdf_est_ecrit_avec_les_chiffres_exacts(monde, tmp_path, horloge):
    sortie = tmp_path / "bilan.pdf"
    dit = lancer(monde.structure.slug, sortie)
    assert f"Bilan 2026 de « Maison de l'emploi » écrit dans {sortie}" in dit
    lecteur = pypdf.PdfReader(sortie)
    assert lecteur.metadata.title == "Bilan 2026 des clauses sociales – Maison de l'emploi"
    texte = " ".join(page.extract_text() for page in lecteur.pages).replace("\xa0", " ")
    assert "120,5 h" in texte
    assert "Document de travail, données arrêtées au 15 octobre 2026" in texte
    assert "1 bénéficiaire sur 1 est une femme" in texte


def test_la_presentation_se_choisit(monde, tmp_path, horloge, sans_rendu):
    lancer(monde.structure.slug, tmp_path / "b.pdf", presentation="grand_public")
    ((donnees, presentation),) = sans_rendu
    assert (donnees["public"], presentation) == (False, "grand_public")


def test_un_fichier_present_est_remplace_d_un_coup(monde, tmp_path, horloge, sans_rendu):
    sortie = tmp_path / "b.pdf"
    sortie.write_bytes(b"ancien")
    lancer(monde.structure.slug, sortie)
    assert sortie.read_bytes() == b"%PDF-essai"
    assert [fichier.name for fichier in tmp_path.iterdir()] == ["b.pdf"]


def test_un_remplacement_qui_echoue_laisse_l_ancien_fichier(monde, tmp_path, horloge, sans_rendu, monkeypatch):
    sortie = tmp_path / "b.pdf"
    sortie.write_bytes(b"ancien")

    def plein(*arguments):
        raise OSError(28, "plus de place")

    monkeypatch.setattr(commande.os, "replace", plein)
    with pytest.raises(CommandError, match="plus de place"):
        lancer(monde.structure.slug, sortie)
    assert sortie.read_bytes() == b"ancien"
    assert [fichier.name for fichier in tmp_path.iterdir()] == ["b.pdf"]


@pytest.mark.parametrize(
    ("annee", "motif"),
    [("2010", "rien à écrire"), ("1989", "entre 1990 et 2026"), ("2027", "entre 1990 et 2026")],
)
def test_une_annee_sans_rien_ou_impossible_se_refuse(monde, tmp_path, horloge, annee, motif):
    with pytest.raises(CommandError, match=motif):
        lancer(monde.structure.slug, tmp_path / "b.pdf", annee)
    assert list(tmp_path.iterdir()) == []


def test_une_structure_inconnue_ou_d_un_autre_type_se_refuse(monde, tmp_path):
    financeur = OrganisationFactory(financeur=True, slug="un-financeur")
    for slug in ("nulle-part", financeur.slug):
        with pytest.raises(CommandError, match=f"Aucune structure facilitatrice ne s'appelle « {slug} »"):
            lancer(slug, tmp_path / "b.pdf")


def test_un_dossier_absent_se_dit(monde, tmp_path, horloge):
    for sortie in (tmp_path / "absent" / "b.pdf", tmp_path):
        with pytest.raises(CommandError, match="n'est pas un fichier"):
            lancer(monde.structure.slug, sortie)
