"""Les pièces que l'on sait écrire, et leur modèle national, versionné avec l'application."""

from functools import cache
from pathlib import Path

from marches.enums import PieceClause

# Le règlement parle à tous les candidats ; l'acte et la fiche n'engagent que leur signataire, donc un lot.
DE_TOUS_LES_LOTS = frozenset({PieceClause.RC})
D_UN_SEUL_LOT = frozenset({PieceClause.AE, PieceClause.FICHE_ENTREPRISE})

DOSSIER = Path(__file__).resolve().parent / "modeles"
# À augmenter quand un fichier de `modeles/` change : un texte produit dit de quelle version il vient.
VERSION_NATIONALE = 2


@cache
def modele_national(piece: PieceClause) -> str:
    return (DOSSIER / f"{PieceClause(piece).value}.txt").read_text(encoding="utf-8")
