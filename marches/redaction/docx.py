"""Écrire une pièce en DOCX : des styles sobres, des tableaux à en-tête répété, la langue et les propriétés posées."""

import io
from collections.abc import Sequence

from docx import Document as DocumentWord
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Length, Pt, RGBColor

from marches.redaction.texte import Bloc
from socle.texte import nettoyer

LANGUE = "fr-FR"
POLICE = "Calibri"
TAILLE, NOIR = Pt(11), RGBColor(0, 0, 0)
LARGEUR = Cm(16)
LOGO_MAX = (Cm(4.5), Cm(1.5))
INSEPARABLES = 12  # lignes d'un tableau qui restent ensemble : au-delà, il passe à la page suivante, son en-tête redit
LARGEURS = {3: (Cm(2), Cm(6.5), Cm(7.5))}


def ecrire_docx(
    titre: str, blocs: Sequence[Bloc], *, auteur: str, reference: str, mention: str, logo: bytes | None = None
) -> bytes:
    """Une pièce : son titre et son texte, dans les styles de Word que l'on reprend d'un clic dans son propre gabarit.

    La structure est en en-tête, la version et le numéro de page en pied : copier le texte n'emporte ni l'un ni l'autre.
    """
    document = DocumentWord()
    titre, auteur = nettoyer(titre, une_ligne=True), nettoyer(auteur, une_ligne=True)
    _regler_les_styles(document)
    _regler_la_page(document)
    _ecrire_l_entete(document, auteur, nettoyer(reference, une_ligne=True), logo)
    _ecrire_le_pied(document, nettoyer(mention, une_ligne=True))
    proprietes = document.core_properties
    proprietes.title, proprietes.author, proprietes.language, proprietes.comments = titre, auteur, LANGUE, ""
    document.add_heading(titre, level=1)
    for bloc in blocs:
        _ecrire(document, bloc)
    tampon = io.BytesIO()
    document.save(tampon)
    return tampon.getvalue()


def _regler_les_styles(document) -> None:
    """Noir, une seule police, rien que des styles : collé ailleurs, le texte prend ceux de la maison qui le reçoit."""
    normal = document.styles["Normal"]
    _ecrire_en(normal, TAILLE)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.widow_control = True
    langue = OxmlElement("w:lang")
    langue.set(qn("w:val"), LANGUE)
    normal.element.get_or_add_rPr().append(langue)
    for nom, taille, avant in (("Heading 1", 15, 0), ("Heading 2", 12, 14)):
        style = document.styles[nom]
        _ecrire_en(style, Pt(taille))
        style.font.bold, style.font.italic = True, False
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(avant), Pt(4)
        style.paragraph_format.keep_with_next = True
    document.styles["List Bullet"].paragraph_format.space_after = Pt(3)
    for nom in ("Header", "Footer"):
        _ecrire_en(document.styles[nom], Pt(8))


def _ecrire_en(style, taille) -> None:
    style.font.name, style.font.size, style.font.color.rgb = POLICE, taille, NOIR
    polices = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribut in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        polices.attrib.pop(qn(attribut), None)  # la police du thème l'emporterait sur celle du style


def _regler_la_page(document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.2)


def _ecrire_l_entete(document, auteur: str, reference: str, logo: bytes | None) -> None:
    entete = document.sections[0].header.paragraphs[0]
    _a_droite(entete)
    if logo:
        _poser_le_logo(entete, logo, f"Logo de {auteur}")
        entete.add_run("\t" + reference)
    else:
        entete.add_run(f"{auteur}\t{reference}")


def _ecrire_le_pied(document, mention: str) -> None:
    pied = document.sections[0].footer.paragraphs[0]
    _a_droite(pied)
    pied.add_run(f"{mention}\tPage ")
    _ajouter_un_champ(pied, "PAGE")
    pied.add_run(" sur ")
    _ajouter_un_champ(pied, "NUMPAGES")


def _a_droite(paragraphe) -> None:
    """Ce qui suit la tabulation se range au bord droit du texte."""
    tabulations = paragraphe.paragraph_format.tab_stops
    for style_herite in paragraphe.style.paragraph_format.tab_stops:
        tabulations.add_tab_stop(style_herite.position, WD_TAB_ALIGNMENT.CLEAR)
    tabulations.add_tab_stop(LARGEUR, WD_TAB_ALIGNMENT.RIGHT)


def _ajouter_un_champ(paragraphe, code: str) -> None:
    """Un champ que Word calcule ; « 1 » tant qu'il ne l'a pas fait."""
    champ = OxmlElement("w:fldSimple")
    champ.set(qn("w:instr"), code)
    passage, texte = OxmlElement("w:r"), OxmlElement("w:t")
    texte.text = "1"
    passage.append(texte)
    champ.append(passage)
    paragraphe._p.append(champ)


def _poser_le_logo(paragraphe, logo: bytes, description: str) -> None:
    image = paragraphe.add_run().add_picture(io.BytesIO(logo))
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
    """Un tableau que la phrase qui l'annonce ne quitte pas, dont aucune ligne ne se coupe, et qui redit son en-tête."""
    if not lignes:
        return
    if document.paragraphs:
        document.paragraphs[-1].paragraph_format.keep_with_next = True
    tableau = document.add_table(rows=0, cols=len(lignes[0]), style="Table Grid")
    for rang, ligne in enumerate(lignes):
        rangee = tableau.add_row()
        _marquer(rangee, "w:cantSplit")
        for cellule, texte in zip(rangee.cells, ligne, strict=True):
            cellule.text = nettoyer(texte)
            _regler_la_cellule(
                cellule.paragraphs[0], en_tete=rang == 0, suivie=rang < min(len(lignes) - 1, INSEPARABLES)
            )
    _marquer(tableau.rows[0], "w:tblHeader")
    _largeurs(tableau, LARGEURS.get(len(lignes[0]), ()))
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _regler_la_cellule(paragraphe, *, en_tete: bool, suivie: bool) -> None:
    paragraphe.paragraph_format.space_after = Pt(2)
    paragraphe.paragraph_format.keep_with_next = suivie
    for passage in paragraphe.runs:
        passage.bold = en_tete


def _marquer(rangee, propriete: str) -> None:
    marque = OxmlElement(propriete)
    marque.set(qn("w:val"), "true")
    rangee._tr.get_or_add_trPr().append(marque)


def _largeurs(tableau, largeurs: Sequence[Length]) -> None:
    tableau.autofit = not largeurs
    for colonne, largeur in zip(tableau.columns, largeurs, strict=False):
        colonne.width = largeur
        for cellule in colonne.cells:
            cellule.width = largeur
