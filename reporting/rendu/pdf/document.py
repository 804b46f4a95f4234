"""Le bilan annuel en PDF : des données et une présentation entrent, les octets du document sortent."""

from reporting.donnees import DonneesBilan
from reporting.enums import Presentation, Variante
from reporting.recit.ecriture import apostrophes, jour
from reporting.recit.phrases import accroche
from reporting.rendu.pdf.chapitres import chapitres, tuiles
from reporting.rendu.pdf.contexte import BilanPdf, Publication
from reporting.rendu.pieces import pieces
from socle.nombres import nombre
from socle.pdf import ecrire_pdf

__all__ = ["Publication", "contexte", "rendre_bilan"]

GABARIT = "reporting/pdf/bilan.html"
FEUILLES = ("css/pdf.css",)


def rendre_bilan(donnees: DonneesBilan, presentation: str, publication: Publication | None = None) -> bytes:
    """Le bilan de `donnees` (reporting.donnees.DonneesBilan) en PDF, « exacte » ou « grand_public », ses données jointes.

    `publication` date et signe un bilan figé ; sans elle, le document se dit « de travail ». Les mêmes arguments donnent
    les mêmes octets.
    """
    vue = contexte(donnees, presentation, publication)
    return ecrire_pdf(GABARIT, {"bilan": vue}, feuilles=FEUILLES, pieces=pieces(donnees))


def contexte(donnees: DonneesBilan, presentation: str, publication: Publication | None = None) -> BilanPdf:
    presentation = Presentation(presentation)
    structure = donnees["structure"]
    return BilanPdf(
        titre=f"Bilan {donnees['periode']['nom']} des clauses sociales{_precision(donnees)} – {structure['nom']}",
        structure=apostrophes(structure["nom"]),
        territoire=apostrophes(structure["territoire"]),
        periode=donnees["periode"]["nom"],
        sous_titre=apostrophes(sous_titre(donnees)),
        arrete_le=jour(donnees["arrete_le"]),
        arrete_le_iso=donnees["arrete_le"],
        accroche=accroche(donnees),
        lecture=_lecture(donnees, presentation),
        couverture=tuiles(donnees, [cle for cle in donnees["couverture"] if cle in donnees["chiffres"]], presentation),
        chapitres=chapitres(donnees, presentation),
        publication=publication,
    )


def sous_titre(donnees: DonneesBilan) -> str:
    """« Ville de Cherbourg », « Contrat de ville (État, ANCT) » ; vide pour toute la structure."""
    if donnees["cible"]:
        return donnees["cible"]
    return "" if donnees["variante"] == Variante.STRUCTURE else Variante(donnees["variante"]).label


def _precision(donnees: DonneesBilan) -> str:
    precision = sous_titre(donnees)
    return f", {precision}" if precision else ""


def _lecture(donnees: DonneesBilan, presentation: str) -> tuple[str, ...]:
    """Ce que le lecteur doit savoir avant les chiffres."""
    if presentation == Presentation.GRAND_PUBLIC:
        arrondis = (
            "Les parts se lisent en fractions et en multiples de 5 % ; l’effectif, son total et la part exacte sont "
            "toujours écrits sous chaque chiffre clé."
        )
    else:
        arrondis = (
            "Les parts sont écrites à une décimale ; sous chaque chiffre clé, la même part comme on la dit. Arrondies une "
            "à une, elles peuvent ne pas faire 100 % tout juste."
        )
    phrases = [
        f"Les données sont arrêtées au {jour(donnees['arrete_le'])}. Seules comptent les heures validées, au mois où elles "
        "ont été travaillées.",
        arrondis,
        f"Un équivalent temps plein vaut ici {nombre(donnees['etp_base'])} heures.",
    ]
    if donnees["public"]:
        phrases.append("Un effectif de 1 à 4 personnes est masqué, et son masque ne se déduit pas des totaux.")
    return tuple(phrases)
