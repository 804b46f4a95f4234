"""Ce qu'un fichier déposé cache : une macro, un script, un modèle lointain, un fichier joint. Le contenu le dit."""

import io
import re

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from pikepdf import Array, Dictionary, Name, String

from socle.fichiers import FORMATS, recevoir
from socle.programmes import OLE
from tests.fichiers import PDF, TYPES, action, archive, docx, odt, pdf, xlsx

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
EVENEMENT = '<script:event-listener script:language="ooo:script" xlink:href="vnd.sun.star.script:Standard.M.Main"/>'


def lien(genre: str, cible: str, mode: str = "External") -> str:
    return f'<Relationships><Relationship Id="r1" Type="{RELATIONS}/{genre}" Target="{cible}" TargetMode="{mode}"/></Relationships>'


def deposer(nom: str, octets: bytes):
    return recevoir(SimpleUploadedFile(nom, octets), nom)


@pytest.mark.parametrize(
    ("nom", "octets", "phrase"),
    [
        ("a.docx", docx(**{"word/vbaProject.bin": b"x"}), "macros"),
        ("a.docx", docx(**{"word/VBAPROJECT.BIN": b"x"}), "macros"),
        ("a.docx", docx(**{"word\\vbaProject.bin": b"x"}), "macros"),
        ("a.docx", docx(**{"word/data.bin": OLE + b"x"}), "objet incorporé"),
        ("a.docx", docx(**{"word/embeddings/oleObject1.BIN": OLE + b"x"}), "objet incorporé"),
        ("a.docx", docx(**{"word/embeddings/c.xlsx": xlsx(**{"xl/vbaProject.bin": b"x"})}), "macros"),
        (
            "a.docx",
            docx(**{"[Content_Types].xml": TYPES + "<Default ContentType='x.macroEnabled.main+xml'/>"}),
            "macros",
        ),
        ("a.docx", docx(**{"word/document.xml": "<w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText>"}), "macros"),
        (
            "a.docx",
            docx(**{"word/_rels/settings.xml.rels": lien("attachedTemplate", "http://x.fr/m.dotm")}),
            "autre ordi",
        ),
        (
            "a.docx",
            docx(**{"word/_rels/settings.xml.rels": lien("attachedTemplate", "file:///\\\\s\\m.dotm")}),
            "autre ordi",
        ),
        (
            "a.docx",
            docx(**{"word/_rels/settings.xml.rels": lien("attachedTemplate", "%5C%5Cs%5Cm.dotm")}),
            "autre ordi",
        ),
        ("a.docx", docx(**{"word/_rels/document.xml.rels": lien("oleObject", "https://x.fr/o")}), "autre ordi"),
        (
            "a.docx",
            docx(**{"word/_rels/settings.xml.rels": lien("attachedTemplate", "http://x.fr/m.dotm").encode("utf-16")}),
            "autre ordi",
        ),
        ("a.xlsx", xlsx(**{"xl/macrosheets/sheet1.xml": "<x/>"}), "macros"),
        ("a.xlsx", xlsx(**{"xl/activeX/activeX1.xml": "<x/>"}), "macros"),
        ("a.xlsx", xlsx(**{"xl/externalLinks/externalLink1.xml": "<externalLink><ddeLink/></externalLink>"}), "macros"),
        ("a.odt", odt(**{"Basic/Standard/Module1.xml": "<script:module/>"}), "macros"),
        ("a.odt", odt(**{"Scripts/python/m.py": "print()"}), "macros"),
        ("a.odt", odt(**{"content.xml": f"<office:scripts>{EVENEMENT}</office:scripts>"}), "macros"),
        ("a.odt", odt(**{"meta.xml": '<meta:template xlink:href="https://x.fr/m.ott"/>'}), "autre ordi"),
        ("a.doc", OLE + b"x" * 600, "format"),
        ("a.DOCX", OLE + b"x" * 600, "son nom annonce"),
        ("a.pdf", b"%PDF-1.7 rien de lisible", "abîmé"),
    ],
    ids=lambda valeur: valeur if isinstance(valeur, str) else "",
)
def test_un_programme_cache_est_refuse_avec_une_phrase(nom, octets, phrase):
    with pytest.raises(ValidationError) as refus:
        deposer(nom, octets)
    assert phrase in refus.value.message_dict["fichier"][0]


@pytest.mark.parametrize(
    ("nom", "octets"),
    [
        ("a.docx", docx()),
        ("a.docx", docx(**{"word/_rels/document.xml.rels": lien("hyperlink", "https://ville.fr")})),
        ("a.docx", docx(**{"word/_rels/settings.xml.rels": lien("attachedTemplate", "file:///C:\\modeles\\n.dotx")})),
        ("a.docx", docx(**{"word/theme/theme1.xml": '<a:font script="Arab" typeface="Arial"/>'})),
        ("a.docx", docx(**{"word/embeddings/c.xlsx": xlsx()})),
        ("a.docx", docx(**{"word/document.xml": "<w:t>un script, une macroEnabled, DDE</w:t>"})),
        ("a.xlsx", xlsx(**{"xl/externalLinks/_rels/e.xml.rels": lien("externalLinkPath", "https://x.fr/b.xlsx")})),
        ("a.odt", odt()),
        ("a.pdf", PDF),
    ],
    ids=lambda valeur: valeur if isinstance(valeur, str) else "",
)
def test_un_document_ordinaire_passe_tel_quel(nom, octets):
    recu = deposer(nom, octets)
    assert recu.contenu.read() == octets and recu.taille == len(octets)
    assert recu.type_mime == FORMATS[nom.rpartition(".")[2]]


def test_une_archive_qui_se_deplie_trop_n_est_pas_depliee():
    bombe = archive({"[Content_Types].xml": TYPES, "word/document.xml": b"\0" * 210 * 1024 * 1024})
    with pytest.raises(ValidationError, match="démesuré"):
        deposer("bombe.docx", bombe)


def a_l_ouverture(document):
    document.Root.OpenAction = action("/JavaScript", JS=String("app.alert(1)"))


def au_noms(document):
    script = Dictionary(Names=Array([String("a"), action("/JavaScript", JS=String("app.alert(1)"))]))
    document.Root.Names = Dictionary(JavaScript=script)


def au_champ(document):
    champ = Dictionary(FT=Name.Tx, T=String("x"), AA=Dictionary(K=action("/JavaScript", JS=String("app.alert(1)"))))
    document.Root.AcroForm = Dictionary(Fields=Array([document.make_indirect(champ)]))


def a_la_suite(document):
    suite = document.make_indirect(action("/Launch", F=String("cmd.exe")))
    lien = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action("/URI", URI=String("https://v.fr"))
    )
    lien.A.Next = Array([suite])
    document.pages[0].Annots = Array([document.make_indirect(lien)])


def joint(document):
    document.attachments["virus.exe"] = b"MZ"


@pytest.mark.parametrize("preparer", [a_l_ouverture, au_noms, au_champ, a_la_suite, joint])
def test_ce_qui_agit_dans_un_pdf_en_est_retire_et_il_se_lit_encore(preparer):
    avant = pdf(preparer)
    recu = deposer("a.pdf", avant)
    apres = recu.contenu.read()
    with pikepdf.open(io.BytesIO(apres)) as propre:
        en_clair = b"".join(objet.unparse() for objet in [propre.trailer, *propre.objects])
        assert len(propre.pages) == 1
    assert not re.search(rb"/JavaScript|/JS|/Launch|/EmbeddedFiles|/EF\b|cmd\.exe|app\.alert", en_clair)
    assert apres != avant and recu.taille == len(apres)
    assert deposer("a.pdf", apres).contenu.read() == apres


def test_un_lien_et_une_page_d_ouverture_restent():
    def preparer(document):
        document.Root.OpenAction = Array([document.pages[0].obj, Name.Fit])
        lien = Dictionary(Type=Name.Annot, Subtype=Name.Link, A=action("/URI", URI=String("https://ville.fr")))
        document.pages[0].Annots = Array([lien])

    octets = pdf(preparer)
    assert deposer("a.pdf", octets).contenu.read() == octets
