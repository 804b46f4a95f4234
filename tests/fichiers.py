"""De vrais petits fichiers, et les mêmes avec ce qui s'y cache."""

import io
import zipfile

import pikepdf
from pikepdf import Dictionary, Name


def pdf(preparer=None) -> bytes:
    """Une page blanche ; `preparer(pdf)` y ajoute ce qu'on veut."""
    octets = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(100, 100))
        if preparer:
            preparer(document)
        document.save(octets, deterministic_id=True)
    return octets.getvalue()


def action(genre: str, **valeurs) -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name(genre), **valeurs)


def archive(parties: dict[str, bytes | str]) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as fichier:
        for nom, contenu in parties.items():
            fichier.writestr(nom, contenu)
    return octets.getvalue()


TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def docx(**parties: bytes | str) -> bytes:
    """`docx(**{"word/vbaProject.bin": b"…"})`."""
    return archive({"[Content_Types].xml": TYPES, "word/document.xml": "<w:document/>", **parties})


def xlsx(**parties: bytes | str) -> bytes:
    return archive({"[Content_Types].xml": TYPES, "xl/workbook.xml": "<workbook/>", **parties})


def odt(**parties: bytes | str) -> bytes:
    mimetype = "application/vnd.oasis.opendocument.text"
    return archive({"mimetype": mimetype, "content.xml": "<office:document-content><office:scripts/>", **parties})


PDF = pdf()
