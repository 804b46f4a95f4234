"""L'écriture des PDF : deux normes déclarées, les pièces jointes, les mêmes octets. Un gabarit d'essai, sans un mot du métier."""

import io
from collections.abc import Iterator
from xml.etree import ElementTree

import outloud
import pdfua
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from socle import pdf as ecriture
from socle.pdf import PieceJointe, RessourceRefusee, ecrire_pdf, lire_ressource

HTML = """<!doctype html>
<html lang="fr-FR"><head><meta charset="utf-8"><title>Un essai</title><meta name="author" content="La maison">
<meta name="dcterms.created" content="2026-03-01"></head><body>
<h1>Un essai</h1>
<p>Le détail est dans <a href="#tableau">le tableau</a>.</p>
<svg role="img" viewBox="0 0 10 10" width="20" height="20"><title>Un carré</title>
<rect width="10" height="10" fill="#0f4c5c"/></svg>
<h2 id="tableau">Le tableau</h2>
<table><thead><tr><th scope="col">Mois</th><th scope="col">Dues</th><th scope="col">Faites</th></tr></thead>
<tbody><tr><th scope="row">janvier</th><td>12</td><td>10</td></tr><tr><th scope="row">février</th><td>14</td><td>9</td></tr>
<tr><th scope="row">mars</th><td>16</td><td>8</td></tr></tbody></table>
</body></html>"""
PIECES = (
    PieceJointe("mois.csv", "\ufeffMois;Heures\r\nfévrier;9\r\n".encode(), "text/csv", "Les heures de chaque mois"),
    PieceJointe("essai.json", b'{"essai":1}', "application/json", "Toutes les données"),
)
ESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
}


def ecrire(pieces=PIECES) -> bytes:
    with pytest.MonkeyPatch.context() as correctif:
        correctif.setattr(ecriture, "render_to_string", lambda gabarit, contexte: HTML)
        return ecrire_pdf("essai.html", {}, feuilles=("css/pdf-courrier.css",), pieces=pieces)


@pytest.fixture(scope="module")
def octets() -> bytes:
    return ecrire()


@pytest.fixture
def pdf(octets) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(octets)) as ouvert:
        yield ouvert


def test_il_declare_les_deux_normes_dans_une_seule_description(pdf):
    lu = ElementTree.fromstring(pdf.Root.Metadata.read_bytes())
    descriptions = lu.findall("rdf:RDF/rdf:Description", ESPACES)
    assert len(lu.findall("rdf:RDF", ESPACES)) == 1
    lues = {cle: valeur for description in descriptions for cle, valeur in description.attrib.items()}
    assert lues[f"{{{ESPACES['pdfaid']}}}part"] == "3"
    assert lues[f"{{{ESPACES['pdfaid']}}}conformance"] == "A"
    assert lues[f"{{{ESPACES['pdfuaid']}}}part"] == "1"
    decrits = [element.text for element in lu.iter(f"{{{ESPACES['pdfaSchema']}}}namespaceURI")]
    assert decrits == [ESPACES["pdfuaid"]], "PDF/A veut la description de toute propriété qu'il ne connaît pas"


def test_il_est_balise_en_francais_titre_et_dit_ses_couleurs(pdf):
    racine = pdf.Root
    assert racine.MarkInfo.Marked
    assert str(racine.Lang) == "fr-FR"
    assert str(pdf.docinfo["/Title"]) == "Un essai"
    assert racine.ViewerPreferences.DisplayDocTitle
    assert [intention.S for intention in racine.OutputIntents] == [Name.GTS_PDFA1]
    assert pdf.trailer.ID
    assert not pdf.check_pdf_syntax()


def test_les_en_tetes_ont_leur_portee_et_les_dessins_leur_texte(pdf):
    elements = list(_elements(pdf.Root.StructTreeRoot.K))
    portees = [element.A.Scope for element in elements if element.S == Name.TH]
    assert portees == [Name.Column] * 3 + [Name.Row] * 3
    assert [str(element.Alt) for element in elements if str(element.S) == "/Figure"] == ["Un carré"]


def _elements(noeud):
    if isinstance(noeud, Array):
        for enfant in noeud:
            yield from _elements(enfant)
    elif isinstance(noeud, Dictionary) and "/S" in noeud:
        yield noeud
        yield from _elements(noeud.get("/K", Array()))


def test_les_annotations_s_impriment(pdf):
    annotations = [annotation for page in pdf.pages for annotation in page.obj.get("/Annots", Array())]
    assert [int(annotation.F) for annotation in annotations] == [4]


def test_les_pieces_se_relisent_et_disent_ce_qu_elles_sont(pdf):
    assert {nom: fiche.get_file().read_bytes() for nom, fiche in pdf.attachments.items()} == {
        piece.nom: piece.contenu for piece in PIECES
    }
    associees = {str(fiche.UF): fiche for fiche in pdf.Root.AF}
    assert list(associees) == sorted(piece.nom for piece in PIECES), "chacune une fois"
    for piece in PIECES:
        fiche = associees[piece.nom]
        assert (fiche.AFRelationship, str(fiche.Desc)) == (Name.Data, piece.description)
        assert fiche.EF.F.Subtype == Name(f"/{piece.type}")
        assert str(fiche.EF.F.Params.ModDate) == "D:20260301", "la date du document, pas celle du rendu"


def test_sans_piece_il_n_y_a_pas_de_liste_de_pieces():
    with pikepdf.open(io.BytesIO(ecrire(()))) as sans:
        assert "/AF" not in sans.Root
        assert not sans.attachments


def test_les_memes_donnees_donnent_les_memes_octets(octets):
    assert ecrire() == octets


def test_les_verificateurs_d_accessibilite_ne_trouvent_rien(octets, tmp_path):
    fichier = tmp_path / "essai.pdf"
    fichier.write_bytes(octets)
    assert not pdfua.validate(fichier).findings
    assert not [(trouve.rule, trouve.message) for trouve in outloud.check(fichier).findings]


@pytest.mark.parametrize(
    "adresse", ["https://ailleurs.example/x.css", "file:///etc/passwd", "file:///statique/../manage.py"]
)
def test_rien_n_est_lu_hors_des_fichiers_statiques(adresse):
    with pytest.raises(RessourceRefusee):
        lire_ressource(adresse)
