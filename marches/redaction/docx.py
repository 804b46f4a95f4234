"""Écrire des blocs en DOCX : styles de titre, listes, tableaux à en-tête répété, langue et propriétés posées."""

import io
from collections.abc import Sequence

from docx import Document as DocumentWord
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt

from marches.redaction.texte import Bloc
from socle.texte import nettoyer

LANGUE = "fr-FR"
POLICE = "Calibri"
LOGO_MAX = (Cm(6), Cm(2.5))


def ecrire_docx(
    titre: str,
    sections: Sequence[tuple[str, Sequence[Bloc]]],
    *,
    auteur: str,
    mention: str,
    logo: bytes | None = None,
) -> bytes:
    """Un document : son titre, une section par pièce, la mention de version en pied de page, le logo en tête de la première."""
    document = DocumentWord()
    titre = nettoyer(titre, une_ligne=True)
    _preparer(document, titre, nettoyer(auteur, une_ligne=True), nettoyer(mention))
    if logo:
        _poser_le_logo(document, logo, f"Logo de {auteur}")
    document.add_heading(titre, level=0)
    for rang, (nom, blocs) in enumerate(sections):
        if rang:
            document.add_page_break()
        document.add_heading(nettoyer(nom, une_ligne=True), level=1)
        for bloc in blocs:
            _ecrire(document, bloc)
    tampon = io.BytesIO()
    document.save(tampon)
    return tampon.getvalue()


def _preparer(document, titre: str, auteur: str, mention: str) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = POLICE, Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    langue = OxmlElement("w:lang")
    langue.set(qn("w:val"), LANGUE)
    normal.element.get_or_add_rPr().append(langue)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    pied = section.footer.paragraphs[0]
    pied.text = mention
    pied.runs[0].font.size = Pt(8)
    proprietes = document.core_properties
    proprietes.title, proprietes.author, proprietes.language = titre, auteur, LANGUE
    proprietes.comments = ""


def _poser_le_logo(document, logo: bytes, description: str) -> None:
    image = document.add_paragraph().add_run().add_picture(io.BytesIO(logo))
    echelle = min(LOGO_MAX[0] / image.width, LOGO_MAX[1] / image.height, 1)
    image.width, image.height = Emu(int(image.width * echelle)), Emu(int(image.height * echelle))
    image._inline.docPr.set("descr", nettoyer(description, une_ligne=True))


def _ecrire(document, bloc: Bloc) -> None:
    texte = nettoyer(bloc.texte)  # Word n'admet aucun caractère de contrôle
    if bloc.genre == "titre":
        document.add_heading(texte, level=2)
    elif bloc.genre == "puce":
        document.add_paragraph(texte, style="List Bullet")
    elif bloc.genre == "tableau":
        _ecrire_tableau(document, bloc.lignes)
    else:
        document.add_paragraph(texte)


def _ecrire_tableau(document, lignes: Sequence[Sequence[str]]) -> None:
    if not lignes:
        return
    tableau = document.add_table(rows=0, cols=len(lignes[0]), style="Table Grid")
    for rang, ligne in enumerate(lignes):
        rangee = tableau.add_row()
        for cellule, texte in zip(rangee.cells, ligne, strict=True):
            cellule.text = nettoyer(texte)
            for passage in cellule.paragraphs[0].runs:
                passage.bold = rang == 0
    entete = OxmlElement("w:tblHeader")
    entete.set(qn("w:val"), "true")
    tableau.rows[0]._tr.get_or_add_trPr().append(entete)
    document.add_paragraph()
