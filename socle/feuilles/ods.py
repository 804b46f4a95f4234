"""Le relevé d'un ODS avant sa lecture : ses feuilles, leurs bornes, ce qui s'y refuse, ce qui y est fusionné.

Une cellule s'y répète par un nombre : mille lignes de mille colonnes tiennent en cent caractères. Le lecteur les écrirait
toutes : on les compte d'abord.
"""

import re
from typing import Any
from xml.parsers import expat

from django.utils.dateparse import parse_duration

from socle.feuilles.archive import CONTENU_ODS, Archive, local
from socle.feuilles.releve import ERREUR, FORMULE, Anomalie, Fusion, Releve, verifier_bornes

_DUREE = re.compile(r"PT[0-9]{1,5}H[0-9]{1,2}M[0-9]{1,2}(?:\.[0-9]+)?S")
_CELLULES = ("table-cell", "covered-table-cell")


def relever(archive: Archive) -> dict[str, Releve]:
    """{nom de la feuille: son relevé}, dans leur ordre ; lève `ClasseurRefuse` si l'une est démesurée."""
    lecteur = _Lecteur()
    lecteur.analyseur.EndElementHandler = lecteur.fin
    archive.parcourir(CONTENU_ODS, lecteur.debut, lecteur.analyseur)
    return lecteur.releves


def valeur(lue: Any) -> Any:
    """Une durée y est un texte : « PT31H30M00S »."""
    if isinstance(lue, str) and _DUREE.fullmatch(lue):
        return parse_duration(lue)
    return lue


class _Lecteur:
    def __init__(self) -> None:
        self.analyseur = expat.ParserCreate()
        self.releves: dict[str, Releve] = {}
        self.nom = ""
        self.ligne = self.colonne = self.largeur = self.hauteur = 0
        self.rangees = self.cellules = 1  # combien de fois la ligne, puis la cellule en cours se répètent
        self.remplie = False

    @property
    def releve(self) -> Releve:
        return self.releves[self.nom]

    def debut(self, element: str, attributs: dict) -> None:
        nom = local(element)
        lus = {local(cle): valeur for cle, valeur in attributs.items()}
        if nom == "table":
            self.nom = lus.get("name", "")
            self.releves[self.nom] = Releve()
            self.ligne = self.largeur = self.hauteur = 0
        elif nom == "table-row" and self.nom in self.releves:
            self.rangees, self.colonne = _repetitions(lus, "number-rows-repeated"), 0
        elif nom in _CELLULES and self.nom in self.releves:
            self._cellule(lus)
        elif nom == "p":
            self.remplie = True

    def _cellule(self, lus: dict) -> None:
        self.cellules = _repetitions(lus, "number-columns-repeated")
        self.remplie = "value-type" in lus or "formula" in lus
        place = (self.ligne + 1, self.colonne + 1)
        if "error" in (lus.get("value-type"), lus.get("calcext:value-type")):
            self.releve.anomalies[place[0]][place[1]] = Anomalie(ERREUR)
        elif "formula" in lus:
            self.releve.anomalies[place[0]][place[1]] = Anomalie(FORMULE)
        haut, large = _repetitions(lus, "number-rows-spanned"), _repetitions(lus, "number-columns-spanned")
        if haut > 1 or large > 1:
            self.releve.fusions.append(Fusion(*place, self.ligne + haut, self.colonne + large))

    def fin(self, element: str) -> None:
        nom = local(element)
        if nom in _CELLULES:
            self.colonne += self.cellules
            if self.remplie:
                self.largeur, self.hauteur = max(self.largeur, self.colonne), self.ligne + self.rangees
                verifier_bornes(self.nom, self.hauteur, self.largeur)
            self.remplie = False
        elif nom == "table-row":
            self.ligne += self.rangees


def _repetitions(lus: dict, cle: str) -> int:
    valeur = lus.get(cle, "1")
    return max(1, int(valeur)) if valeur.isascii() and valeur.isdigit() and len(valeur) < 10 else 1
