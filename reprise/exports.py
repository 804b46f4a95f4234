"""Écrire un classeur de reprise : le modèle vide, ou tout ce qu'une structure y retrouverait.

Les textes sont écrits comme des textes : un tableur n'y voit jamais de formule, même s'ils commencent par « = ».
"""

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, BinaryIO

from comptes.models import Organisation
from reprise.donnees import LIRE
from reprise.feuilles import FEUILLES, Colonne, Feuille
from reprise.rapport import Probleme
from socle.classeurs import Classeur, FeuilleSure
from socle.exports import DEBUTS_DE_FORMULE
from socle.tables import Genre

LARGEURS = {Genre.DATE: 14, Genre.MOIS: 12, Genre.HEURES: 12, Genre.EUROS: 16}
_FORMATS = {Genre.DATE: "dd/mm/yyyy", Genre.MOIS: "yyyy-mm", Genre.HEURES: "#,##0.00", Genre.EUROS: "#,##0.00"}
LISTE_MAX = 255  # au-delà, un tableur refuse une liste de choix écrite dans la cellule
LIGNES_GUIDEES = 10_000

MODE_D_EMPLOI = (
    "Ce classeur reprend vos marchés, vos entreprises, vos bénéficiaires, leurs contrats et leurs heures.",
    "Les colonnes marquées d'une étoile sont obligatoires. L'ordre des colonnes est libre ; ne renommez pas les feuilles.",
    "Dates : de vraies dates, JJ/MM/AAAA, 31.12.85 ou 1er mars 2026. Oui ou non : oui, non, x, vrai, faux.",
    "Nombres : 1 234,5 ou 1.234,50 ou 1,234.50, avec leur unité ou sans. « 1.234 » se lit de deux façons : il est refusé.",
    "Heures : 151,67 ou 151h40 ou 151:40, ou une durée au format [h]:mm.",
    "Collez des valeurs, pas des formules. Pas de cellules fusionnées. Jamais de numéro de sécurité sociale.",
    "Une ligne fausse, et rien n'est repris : le rapport dit chaque erreur avec sa feuille, sa ligne et sa colonne.",
    "Reprendre deux fois le même classeur ne crée rien de plus : chaque ligne se reconnaît à sa référence ou son SIRET.",
    "Une cellule laissée vide ne change rien à ce qui est déjà connu.",
)


def ecrire_classeur(
    sortie: BinaryIO | str, structure: Organisation | None = None, suivre: Callable[[int, str], None] | None = None
) -> dict[str, int]:
    """Écrit le classeur d'une structure, ou le modèle vide sans structure ; rend le nombre de lignes par feuille."""
    comptes = {}
    with Classeur(sortie, constant_memory=True) as classeur:
        _ecrire_mode_d_emploi(classeur)
        plume = _Plume(classeur)
        for rang, feuille in enumerate(FEUILLES):
            if suivre:
                suivre(100 * rang // len(FEUILLES), f"Feuille « {feuille.nom} »")
            lignes: Iterable[dict[str, Any]] = LIRE[feuille.nom](structure) if structure else ()
            comptes[feuille.nom] = plume.ecrire(feuille, lignes)
    return comptes


class _Plume:
    """Écrit les feuilles d'un classeur, chaque cellule avec son type."""

    def __init__(self, classeur: Classeur):
        self.classeur = classeur
        self.entete = classeur.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.obligatoire = classeur.add_format(
            {"bold": True, "bottom": 2, "text_wrap": True, "valign": "top", "bg_color": "#F3E9DC"}
        )
        self.texte = classeur.add_format({"num_format": "@"})
        self.garde = classeur.add_format({"num_format": "@", "quote_prefix": True})
        self.formats = {genre: classeur.add_format({"num_format": motif}) for genre, motif in _FORMATS.items()}

    def ecrire(self, feuille: Feuille, lignes: Iterable[dict[str, Any]]) -> int:
        page = self.classeur.add_worksheet(feuille.nom)
        page.freeze_panes(1, 1)
        for rang, colonne in enumerate(feuille.colonnes):
            page.set_column(rang, rang, LARGEURS.get(colonne.genre, 22), self.formats.get(colonne.genre, self.texte))
            page.write_string(0, rang, colonne.entete, self.obligatoire if colonne.obligatoire else self.entete)
            _guider(page, rang, colonne)
        nombre = 0
        for nombre, valeurs in enumerate(lignes, start=1):
            for rang, colonne in enumerate(feuille.colonnes):
                self._cellule(page, nombre, rang, colonne, valeurs[colonne.cle])
        return nombre

    def _cellule(self, page: FeuilleSure, ligne: int, rang: int, colonne: Colonne, valeur: Any) -> None:
        if colonne.libelles is not None and valeur is not None:
            valeur = colonne.libelles.get(valeur, "")
        if valeur is None or valeur == "":
            return
        if isinstance(valeur, datetime.date):
            page.write_datetime(ligne, rang, valeur, self.formats[colonne.genre])
        elif isinstance(valeur, Decimal):
            page.write_number(ligne, rang, valeur, self.formats[colonne.genre])
        else:
            page.write_string(ligne, rang, valeur, self.garde if valeur.startswith(DEBUTS_DE_FORMULE) else self.texte)


def _guider(page: FeuilleSure, rang: int, colonne: Colonne) -> None:
    """Une liste déroulante pour les choix fermés : conseillée, jamais bloquante, le rapport dira le reste."""
    if colonne.libelles is None:
        return
    choix = list(colonne.libelles.values())
    if sum(len(libelle) + 1 for libelle in choix) <= LISTE_MAX and not any("," in libelle for libelle in choix):
        page.data_validation(
            1, rang, LIGNES_GUIDEES, rang, {"validate": "list", "source": choix, "error_type": "information"}
        )


def _ecrire_mode_d_emploi(classeur: Classeur) -> None:
    page = classeur.add_worksheet("Lisez-moi")
    gras = classeur.add_format({"bold": True, "font_size": 14})
    titre = classeur.add_format({"bold": True, "bottom": 1})
    souple = classeur.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 32)
    page.set_column(2, 2, 90)
    page.write_string(0, 0, "Classeur de reprise", gras)
    for ligne, phrase in enumerate(MODE_D_EMPLOI, start=1):
        page.write_string(ligne, 0, phrase)
    depart = _dire_les_feuilles(page, len(MODE_D_EMPLOI) + 2, titre)
    for rang, entete in enumerate(("Feuille", "Colonne", "Ce qu'on y met")):
        page.write_string(depart, rang, entete, titre)
    colonnes = [(feuille, colonne) for feuille in FEUILLES for colonne in feuille.colonnes]
    for ligne, (feuille, colonne) in enumerate(colonnes, start=depart + 1):
        page.write_string(ligne, 0, feuille.nom)
        page.write_string(ligne, 1, colonne.entete)
        page.write_string(ligne, 2, _aide(colonne), souple)


def _dire_les_feuilles(page: FeuilleSure, depart: int, titre) -> int:
    """À quoi sert chaque feuille ; rend la ligne où la suite commence."""
    for rang, entete in enumerate(("Feuille", "À quoi elle sert")):
        page.write_string(depart, rang, entete, titre)
    for ligne, feuille in enumerate(FEUILLES, start=depart + 1):
        page.write_string(ligne, 0, feuille.nom)
        page.write_string(ligne, 1, feuille.utilite)
    return depart + len(FEUILLES) + 2


def _aide(colonne: Colonne) -> str:
    choix = ", ".join(colonne.libelles.values()) if colonne.libelles and not colonne.aide.startswith("oui") else ""
    return " ".join(morceau for morceau in (colonne.aide, f"Au choix : {choix}." if choix else "") if morceau)


def ecrire_rapport(sortie: BinaryIO, erreurs: Iterable[Probleme], avertissements: Iterable[Probleme]) -> None:
    """Le rapport d'une reprise, seul."""
    with Classeur(sortie, constant_memory=True) as classeur:
        ecrire_problemes(classeur, erreurs, avertissements)


def ecrire_problemes(classeur: Classeur, erreurs: Iterable[Probleme], avertissements: Iterable[Probleme]) -> None:
    """Une feuille d'erreurs, une d'avertissements, à trier et à filtrer."""
    gras = classeur.add_format({"bold": True, "bottom": 1})
    souple = classeur.add_format({"text_wrap": True, "valign": "top"})
    for nom, problemes in (("Erreurs", erreurs), ("Avertissements", avertissements)):
        page = classeur.add_worksheet(nom)
        page.freeze_panes(1, 0)
        for rang, (entete, largeur) in enumerate(
            (("Feuille", 20), ("Ligne", 8), ("Colonne", 26), ("Valeur", 30), ("Raison", 90))
        ):
            page.set_column(rang, rang, largeur)
            page.write_string(0, rang, entete, gras)
        for ligne, probleme in enumerate(problemes, start=1):
            page.write_string(ligne, 0, probleme.feuille)
            if probleme.ligne is not None:
                page.write_number(ligne, 1, probleme.ligne)
            page.write_string(ligne, 2, probleme.colonne)
            page.write_string(ligne, 3, probleme.valeur)
            page.write_string(ligne, 4, probleme.raison, souple)
