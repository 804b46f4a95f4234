"""Le bilan annuel en PDF : des données et une présentation entrent, les octets du document sortent."""

from collections.abc import Mapping

from reporting.donnees import DonneesBilan
from reporting.enums import Presentation
from reporting.recit import ouverture
from reporting.recit.ecriture import apostrophes, jour
from reporting.rendu.pdf.chapitres import chapitres, tuiles
from reporting.rendu.pdf.contexte import BilanPdf, Publication
from reporting.rendu.pieces import pieces
from socle.pdf import ecrire_pdf

__all__ = ["Publication", "contexte", "rendre_bilan"]

GABARIT = "reporting/pdf/bilan.html"
FEUILLES = ("css/pdf.css",)


def rendre_bilan(
    donnees: DonneesBilan,
    presentation: str,
    publication: Publication | None = None,
    images: Mapping[str, bytes] | None = None,
) -> bytes:
    """Le bilan de `donnees` (reporting.donnees.DonneesBilan) en PDF, « exacte » ou « grand_public », ses données jointes.

    `publication` date et signe un bilan figé ; sans elle, le document se dit « de travail ». Les mêmes arguments donnent
    les mêmes octets. `images` : le logo de la structure, si le document le porte.
    """
    vue = contexte(donnees, presentation, publication)
    gabarit = {"bilan": vue, "logo": bool(images)}
    return ecrire_pdf(GABARIT, gabarit, feuilles=FEUILLES, pieces=pieces(donnees), images=images)


def contexte(donnees: DonneesBilan, presentation: str, publication: Publication | None = None) -> BilanPdf:
    presentation = Presentation(presentation)
    structure = donnees["structure"]
    return BilanPdf(
        titre=ouverture.titre(donnees),
        structure=apostrophes(structure["nom"]),
        territoire=apostrophes(structure["territoire"]),
        periode=donnees["periode"]["nom"],
        sous_titre=apostrophes(ouverture.sous_titre(donnees)),
        arrete_le=jour(donnees["arrete_le"]),
        arrete_le_iso=donnees["arrete_le"],
        accroche=ouverture.accroche(donnees),
        lecture=ouverture.avant_de_lire(donnees, presentation),
        couverture=tuiles(donnees, [cle for cle in donnees["couverture"] if cle in donnees["chiffres"]], presentation),
        chapitres=chapitres(donnees, presentation),
        publication=publication,
    )
