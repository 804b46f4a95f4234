"""Le classeur d'un bilan : une feuille par table, cellules typées, en-têtes figés, aucune formule."""

import datetime
import io
import re
from collections.abc import Iterable

from reporting.donnees import DonneesBilan
from reporting.recit.feuilles import noms_des_feuilles
from reporting.recit.ouverture import titre_court
from reporting.recit.tables import Cellule, Table, tables
from socle.classeurs import Classeur

JOUR = re.compile(r"\d{4}-\d{2}-\d{2}")
LARGEUR_MIN, LARGEUR_MAX = 10, 60
# Ailleurs, une colonne n'a qu'une écriture : des décimales partout, dès qu'un de ses nombres en a.
A_CHAQUE_LIGNE_SON_UNITE = frozenset({"identite", "chiffres", "charte"})
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
        entier, decimal = (classeur.add_format({"num_format": ecriture}) for ecriture in ("#,##0", "#,##0.00"))
        gardees = list(lues)
        for table, nom in zip(gardees, noms_des_feuilles(gardees), strict=True):
            _ecrire(classeur.add_worksheet(nom), table, titre, entete, entier, decimal)
    return tampon.getvalue()


def _ecrire(feuille, table: Table, titre, entete, entier, decimal) -> None:
    feuille.write_string(0, 0, table.titre, titre)
    for rang, titre_de_colonne in enumerate(table.colonnes):
        feuille.write_string(1, rang, titre_de_colonne, entete)
        feuille.set_column(rang, rang, _largeur(table, rang))
    feuille.freeze_panes(2, 1)
    feuille.autofilter(1, 0, 1 + len(table.lignes), len(table.colonnes) - 1)
    a_decimales = [any(isinstance(valeur, float) for valeur in lues) for lues in zip(*table.lignes, strict=True)]
    for rang, ligne in enumerate(table.lignes, start=2):
        for colonne, valeur in enumerate(ligne):
            en_decimales = isinstance(valeur, float) if table.nom in A_CHAQUE_LIGNE_SON_UNITE else a_decimales[colonne]
            _poser(feuille, rang, colonne, valeur, decimal if en_decimales else entier)


def _poser(feuille, rang: int, colonne: int, valeur: Cellule, nombre) -> None:
    if isinstance(valeur, bool):
        feuille.write_string(rang, colonne, "oui" if valeur else "non")
    elif isinstance(valeur, int | float):
        feuille.write_number(rang, colonne, valeur, nombre)
    elif isinstance(valeur, str) and JOUR.fullmatch(valeur):
        feuille.write_datetime(rang, colonne, datetime.datetime.fromisoformat(valeur))
    elif valeur is not None:
        feuille.write_string(rang, colonne, valeur)


def _largeur(table: Table, rang: int) -> int:
    longueurs = (len(str(ligne[rang] or "")) for ligne in table.lignes)
    return min(max(LARGEUR_MIN, len(table.colonnes[rang]), *longueurs) + 2, LARGEUR_MAX)
