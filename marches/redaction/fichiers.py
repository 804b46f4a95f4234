"""Les fichiers d'une rédaction : un DOCX par pièce et par lot, et l'archive qui les réunit."""

import io
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.text import slugify

from marches.models import Redaction
from marches.models.redaction import titre_de_la_piece
from marches.redaction.docx import ecrire_docx
from marches.redaction.texte import bloc_de
from socle.nombres import en_chiffres


def fichier_de_la_piece(redaction: Redaction, rang: int, logo: bytes | None) -> bytes:
    piece, marche = redaction.pieces[rang], redaction.marche
    return ecrire_docx(
        titre_de_la_piece(piece),
        [bloc_de(bloc) for bloc in piece["blocs"]],
        auteur=marche.structure.nom,
        reference=f"Marché {marche.reference}",
        mention=f"Modèle {piece['version']} · {en_chiffres(redaction.cree_le)} · {redaction.empreinte[:12]}",
        logo=logo,
    )


def nom_du_fichier(redaction: Redaction, rang: int) -> str:
    """« 2026-013-ae-lot-2.docx » ; le rang départage deux lots dont les numéros s'écrivent pareil."""
    piece = redaction.pieces[rang]
    numero = slugify(piece["lot"]["numero"]) if piece.get("lot") else ""
    nom = "-".join(
        filter(None, (slugify(redaction.marche.reference), piece["piece"], f"lot-{numero}" if numero else ""))
    )
    freres = [autre for autre in redaction.pieces[:rang] if autre["piece"] == piece["piece"]]
    memes = [a for a in freres if a.get("lot") and slugify(a["lot"]["numero"]) == numero]
    return f"{nom}-{len(memes) + 1}.docx" if memes else f"{nom}.docx"


def archive_des_pieces(redaction: Redaction, logo: bytes | None) -> bytes:
    tampon = io.BytesIO()
    with ZipFile(tampon, "w", ZIP_DEFLATED) as archive:
        for rang in range(len(redaction.pieces)):
            archive.writestr(nom_du_fichier(redaction, rang), fichier_de_la_piece(redaction, rang, logo))
    return tampon.getvalue()
