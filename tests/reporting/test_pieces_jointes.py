"""Les données d'un bilan en fichiers : jointes au PDF ou dans l'archive, elles redonnent les tables, à l'octet près."""

import csv
import hashlib
import io
import json
import zipfile

import outloud
import pdfua
import pikepdf
import pypdf
import pytest
from django.urls import reverse
from pikepdf import Name

from comptes.enums import Role
from reporting.donnees import empreinte_de
from reporting.enums import Presentation
from reporting.recit.feuilles import noms_des_feuilles
from reporting.recit.tables import Table, en_csv, tables
from reporting.rendu.pdf.contexte import Publication
from reporting.rendu.pdf.document import contexte, rendre_bilan
from reporting.rendu.pieces import archive, pieces
from tests.reporting.donnees_bilan import donnees_2018, donnees_masquees, donnees_vides

pytestmark = pytest.mark.django_db
CAS = {
    # Publié sans adresse : il n'y a pas de lien, donc pas de lien vide.
    "exact": (donnees_2018, Presentation.EXACTE, Publication(1, "4 février 2019", "a" * 64)),
    "masque": (donnees_masquees, Presentation.GRAND_PUBLIC, None),
    "vide": (donnees_vides, Presentation.EXACTE, None),
}


@pytest.fixture(scope="module")
def rendus() -> dict[str, bytes]:
    return {cas: rendre_bilan(fabrique(), *comment) for cas, (fabrique, *comment) in CAS.items()}


def relire(contenu: bytes) -> list[list[str]]:
    assert contenu.startswith(b"\xef\xbb\xbf"), "un tableur ne reconnaît l'UTF-8 qu'à cette marque"
    return list(csv.reader(io.StringIO(contenu.decode("utf-8-sig"), newline=""), delimiter=";"))


def ecrit(valeur) -> str:
    """Ce qu'un CSV doit dire d'une cellule, recalculé autrement."""
    if isinstance(valeur, bool):
        return {True: "oui", False: "non"}[valeur]
    if isinstance(valeur, float | int):
        return f"{valeur}".replace(".", ",")
    return "" if valeur is None else str(valeur)


@pytest.mark.parametrize("cas", CAS)
def test_les_pieces_du_pdf_redonnent_les_tables_et_les_donnees(rendus, cas):
    donnees = CAS[cas][0]()
    with pikepdf.open(io.BytesIO(rendus[cas])) as pdf:
        assert not pdf.check_pdf_syntax()
        lues = {nom: fiche.get_file().read_bytes() for nom, fiche in pdf.attachments.items()}
        assert {fiche.AFRelationship for fiche in pdf.Root.AF} == {Name.Data}
        assert len(pdf.Root.AF) == len(lues)
    for table in tables(donnees):
        attendu = [list(table.colonnes), *([ecrit(valeur) for valeur in ligne] for ligne in table.lignes)]
        assert relire(lues.pop(f"{table.nom}.csv")) == attendu
    contenu = lues.pop("bilan.json")
    assert json.loads(contenu) == donnees
    assert hashlib.sha256(contenu).hexdigest() == empreinte_de(donnees), "l'empreinte de la dernière page se recalcule"
    assert not lues


@pytest.mark.parametrize("cas", CAS)
def test_joint_il_reste_accessible(rendus, cas, tmp_path):
    fichier = tmp_path / "bilan.pdf"
    fichier.write_bytes(rendus[cas])
    assert not pdfua.validate(fichier).findings
    assert not [(trouve.rule, trouve.message) for trouve in outloud.check(fichier).findings]


def test_le_sommaire_mene_a_chaque_chapitre(rendus):
    """Un lien posé sur un bloc se perd à la mise en page : il n'y avait que du texte."""
    donnees, presentation, _ = CAS["exact"]
    chapitres = contexte(donnees(), presentation).chapitres
    assert len(pypdf.PdfReader(io.BytesIO(rendus["exact"])).pages[1]["/Annots"]) == len(chapitres)


def test_un_texte_qui_serait_une_formule_est_desamorce():
    table = Table(
        "essai", "Essai", ("=Colonne", "Heures"), (("=1+1", -2.5), ("@somme", None), ("d'un, l'autre;", True))
    )
    assert relire(en_csv(table)) == [
        ["'=Colonne", "Heures"],
        ["'=1+1", "-2,5"],
        ["'@somme", ""],
        ["d'un, l'autre;", "oui"],
    ]


def test_la_feuille_d_identite_nomme_la_variante_en_francais():
    identite = next(table for table in tables(donnees_2018() | {"variante": "ville"}) if table.nom == "identite")
    assert ("Bilan", "Contrat de ville (État, ANCT)") in identite.lignes


def test_les_feuilles_du_classeur_portent_le_titre_de_leur_table():
    lues = tables(donnees_2018())
    noms = noms_des_feuilles(lues)
    assert max(map(len, noms)) <= 31 and len({nom.casefold() for nom in noms}) == len(lues)
    assert not {table.nom for table in lues} & set(noms), "jamais une clé"
    assert {"Ce bilan", "Chiffres clés", "Évolution", "Bénéficiaires par sexe", "Maîtres d'ouvrage"} <= set(noms)


def test_deux_titres_que_la_place_confond_font_deux_feuilles():
    titres = ["Habitants d'un quartier très très long : le premier", "Habitants d'un quartier très très long", "'[a]'"]
    noms = noms_des_feuilles(Table(str(rang), titre, (), ()) for rang, titre in enumerate([*titres, titres[0]]))
    assert noms == [
        "Habitants d'un quartier très t…",
        "Habitants d'un quartier trè (2)",
        "– a –",
        "Habitants d'un quartier trè (3)",
    ]


def test_les_tables_gardent_l_ordre_du_bilan_relu_de_la_base():
    """PostgreSQL range les clés d'un JSON à sa façon : le classeur et les CSV n'en dépendent pas."""
    donnees = donnees_2018()
    noms = [table.nom for table in tables(donnees)]
    donnees["repartitions"] = dict(sorted(donnees["repartitions"].items(), key=lambda paire: (len(paire[0]), paire)))
    assert [table.nom for table in tables(donnees)] == noms


def test_l_archive_a_les_memes_fichiers_que_le_pdf_et_les_memes_octets():
    donnees = donnees_2018()
    with zipfile.ZipFile(io.BytesIO(archive(donnees))) as lue:
        assert lue.testzip() is None
        assert {nom: lue.read(nom) for nom in lue.namelist()} == {p.nom: p.contenu for p in pieces(donnees)}
    assert archive(donnees) == archive(donnees_2018())


# --- La page ---------------------------------------------------------------------------------------------------------
def test_l_archive_se_telecharge_avec_un_nom_sans_personne(client, monde):
    client.force_login(monde.personne(Role.FINANCEUR))
    reponse = client.get(reverse("reporting:bilan_csv", args=[monde.nous.bilan_publie.uuid]))
    assert reponse["Content-Type"] == "application/zip"
    assert "no-store" in reponse["Cache-Control"]
    assert reponse["Content-Disposition"] == f'attachment; filename="bilan-2025-{monde.nous.structure.slug}-v2.zip"'
    with zipfile.ZipFile(io.BytesIO(reponse.content)) as lue:
        assert hashlib.sha256(lue.read("bilan.json")).hexdigest() == monde.nous.bilan_publie.empreinte


@pytest.mark.parametrize("role", [Role.FINANCEUR, Role.MAITRE_OUVRAGE, Role.RESEAU, Role.RESPONSABLE])
def test_l_archive_d_une_autre_structure_est_introuvable(client, monde, role):
    client.force_login(monde.personne(role))
    assert client.get(reverse("reporting:bilan_csv", args=[monde.autre.bilan_publie.uuid])).status_code == 404


def test_un_brouillon_ne_sort_pas_de_la_structure(client, monde):
    client.force_login(monde.personne(Role.FINANCEUR))
    assert client.get(reverse("reporting:bilan_csv", args=[monde.nous.bilan.uuid])).status_code == 404


def test_un_bilan_en_fabrication_renvoie_a_sa_page(client, monde):
    bilan = monde.nous.bilan
    client.force_login(monde.personne(Role.RESPONSABLE))
    assert client.get(reverse("reporting:bilan_csv", args=[bilan.uuid])).headers["Location"] == bilan.get_absolute_url()
