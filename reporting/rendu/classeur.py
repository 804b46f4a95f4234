"""Le classeur d'un bilan : une feuille par table, cellules typées, en-têtes figés, aucune formule."""

import datetime
import io
import re
from collections.abc import Iterable

from reporting.donnees import DonneesBilan
from reporting.recit.ouverture import titre_court
from reporting.recit.tables import Cellule, Table, tables
from socle.classeurs import Classeur

JOUR = re.compile(r"\d{4}-\d{2}-\d{2}")
INTERDITS = re.compile(r"[\[\]:*?/\\]")  # dans un nom de feuille
LARGEUR_MIN, LARGEUR_MAX = 10, 60
NOM_MAX = 31  # la place d'un nom de feuille
# Ce qui s'abrège d'un titre trop long, avant d'être coupé.
ABREGES = (
    ("Bénéficiaires par", "Bénéf. par"),
    ("Allocataires du RSA par", "RSA par"),
    ("Habitants des quartiers par", "QPV par"),
    ("par type du contrat d'entrée", "par contrat d'entrée"),
)
# La même date de création pour les mêmes données : le fichier refait est le fichier gardé, octet pour octet.
CREE_LE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


def ecrire_classeur(donnees: DonneesBilan) -> bytes:
    """Les octets du classeur ; les mêmes données donnent les mêmes octets."""
    return ecrire_tables(tables(donnees), titre_court(donnees), donnees["structure"]["nom"])


def ecrire_tables(lues: Iterable[Table], intitule: str, auteur: str) -> bytes:
    """Un classeur, une feuille par table."""
    tampon = io.BytesIO()
    with Classeur(tampon, in_memory=True) as classeur:
        classeur.set_properties({"title": intitule, "author": auteur, "created": CREE_LE})
        titre = classeur.add_format({"bold": True, "font_size": 13})
        entete = classeur.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        decimal = classeur.add_format({"num_format": "#,##0.00"})
        gardees = list(lues)
        for table, nom in zip(gardees, noms_des_feuilles(gardees), strict=True):
            _ecrire(classeur.add_worksheet(nom), table, titre, entete, decimal)
    return tampon.getvalue()


def noms_des_feuilles(lues: Iterable[Table]) -> list[str]:
    """Le titre de chaque table, à la place d'un nom de feuille, et jamais deux fois le même (la casse n'y compte pas)."""
    noms: list[str] = []
    for table in lues:
        libre = _a_la_place(table.titre)
        rang = 1
        while libre.casefold() in {nom.casefold() for nom in noms}:
            rang += 1
            fin = f" ({rang})"
            libre = f"{_a_la_place(table.titre)[: NOM_MAX - len(fin)]}{fin}"
        noms.append(libre)
    return noms


def _a_la_place(titre: str) -> str:
    nom = " ".join(INTERDITS.sub(" – ", titre).split()).strip(" '")
    if len(nom) > NOM_MAX:
        nom = nom.partition(" (")[0]
    for entier, abrege in ABREGES:
        if len(nom) > NOM_MAX:
            nom = nom.replace(entier, abrege)
    return nom if len(nom) <= NOM_MAX else f"{nom[: NOM_MAX - 1].rstrip()}…"


def _ecrire(feuille, table: Table, titre, entete, decimal) -> None:
    feuille.write_string(0, 0, table.titre, titre)
    for rang, titre_de_colonne in enumerate(table.colonnes):
        feuille.write_string(1, rang, titre_de_colonne, entete)
        feuille.set_column(rang, rang, _largeur(table, rang))
    feuille.freeze_panes(2, 1)
    feuille.autofilter(1, 0, 1 + len(table.lignes), len(table.colonnes) - 1)
    for rang, ligne in enumerate(table.lignes, start=2):
        for colonne, valeur in enumerate(ligne):
            _poser(feuille, rang, colonne, valeur, decimal)


def _poser(feuille, rang: int, colonne: int, valeur: Cellule, decimal) -> None:
    if isinstance(valeur, bool):
        feuille.write_string(rang, colonne, "oui" if valeur else "non")
    elif isinstance(valeur, int | float):
        feuille.write_number(rang, colonne, valeur, None if isinstance(valeur, int) else decimal)
    elif isinstance(valeur, str) and JOUR.fullmatch(valeur):
        feuille.write_datetime(rang, colonne, datetime.datetime.fromisoformat(valeur))
    elif valeur is not None:
        feuille.write_string(rang, colonne, valeur)


def _largeur(table: Table, rang: int) -> int:
    longueurs = (len(str(ligne[rang] or "")) for ligne in table.lignes)
    return min(max(LARGEUR_MIN, len(table.colonnes[rang]), *longueurs) + 2, LARGEUR_MAX)
