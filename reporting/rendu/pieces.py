"""Les données d'un bilan en fichiers : un CSV par table et le JSON. Jointes à son PDF, ou dans une archive ZIP."""

import io
import zipfile

from reporting.donnees import DonneesBilan, en_octets
from reporting.recit.tables import en_csv, tables
from socle.pdf import PieceJointe

# La même date pour les mêmes données : l'archive refaite est la même, octet pour octet. Le ZIP ne remonte pas plus loin.
DATE = (1980, 1, 1, 0, 0, 0)


def pieces(donnees: DonneesBilan) -> list[PieceJointe]:
    """Les tables dans l'ordre du bilan, puis le JSON : son empreinte SHA-256 est celle du bilan."""
    return [
        *(PieceJointe(f"{table.nom}.csv", en_csv(table), "text/csv", table.titre) for table in tables(donnees)),
        PieceJointe(
            "bilan.json", en_octets(donnees), "application/json", "Toutes les données, signées par l'empreinte"
        ),
    ]


def archive(donnees: DonneesBilan) -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as fichier:
        for piece in pieces(donnees):
            fichier.writestr(zipfile.ZipInfo(piece.nom, DATE), piece.contenu, zipfile.ZIP_DEFLATED)
    return tampon.getvalue()
