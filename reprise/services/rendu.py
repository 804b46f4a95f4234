"""Le classeur rendu : le même, avec ses erreurs dans une dernière colonne ; et les lignes fautives, à corriger à l'écran."""

import datetime
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reprise.controles import Corrections
from reprise.exports import ecrire_problemes
from reprise.lecture.classeur import A_CORRIGER
from reprise.lecture.correspondance import Choix
from reprise.rapport import Probleme, Rapport, ranger
from socle.classeurs import Classeur
from socle.feuilles import Feuille, montrer, ouvrir

LIGNES_MONTREES_MAX = 500  # à l'écran ; le classeur rendu les a toutes
FEUILLES_RENDUES_MAX = 60
type Fautes = dict[str, dict[int, list[Probleme]]]  # par feuille de la reprise, puis par ligne


@dataclass(slots=True)
class Rendu:
    """`lignes` : ce que disent les lignes fautives, {feuille: {ligne: {clé: texte}}}."""

    octets: bytes
    lignes: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)


def rendre(chemin: Path, rapport: Rapport, corrections: Corrections) -> Rendu:
    """Relit le fichier une fois, s'il est fautif, et le récrit à côté de son rapport."""
    tampon = io.BytesIO()
    lignes: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    fautes = _par_ligne(rapport.erreurs)
    with Classeur(tampon, constant_memory=True) as classeur:
        if fautes:
            plume = _Plume(classeur, fautes, corrections, lignes)
            with ouvrir(chemin) as lecture:
                choisies = {choisi.nom: choisi for choisi in rapport.choix}
                for feuille in lecture.feuilles[:FEUILLES_RENDUES_MAX]:
                    plume.copier(feuille, choisies.get(feuille.nom, Choix(feuille.nom)))
        ecrire_problemes(classeur, ranger(rapport.erreurs), ranger(rapport.avertissements))
    return Rendu(tampon.getvalue(), lignes)


def _par_ligne(erreurs: Iterable[Probleme]) -> Fautes:
    fautes: Fautes = defaultdict(lambda: defaultdict(list))
    for erreur in erreurs:
        if erreur.ligne is not None:
            fautes[erreur.feuille][erreur.ligne].append(erreur)
    return fautes


class _Plume:
    """Recopie une feuille : ses valeurs, et à droite ce qui ne va pas sur chaque ligne."""

    def __init__(self, classeur: Classeur, fautes: Fautes, corrections: Corrections, lignes: dict):
        self.classeur, self.fautes, self.corrections, self.lignes = classeur, fautes, corrections, lignes
        self.gras = classeur.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.faute = classeur.add_format({"bg_color": "#FFE9B3", "text_wrap": True, "valign": "top"})
        self.formats = {
            datetime.date: classeur.add_format({"num_format": "dd/mm/yyyy"}),
            datetime.timedelta: classeur.add_format({"num_format": "[h]:mm"}),
        }

    def copier(self, feuille: Feuille, choisi: Choix) -> None:
        if choisi.nom.casefold() in ("erreurs", "avertissements") or len(choisi.nom) > 31:
            return
        page = self.classeur.add_worksheet(choisi.nom)
        fautes, corrigees = self.fautes.get(choisi.cible, {}), self.corrections.get(choisi.cible, {})
        droite = len(choisi.titres)
        groupes = [f for f in feuille.fusions if f.haut == f.bas <= choisi.derniere and f.gauche < f.droite <= droite]
        for numero, cellules in feuille.lignes():
            for fusion in groupes:
                if fusion.haut == numero:
                    page.merge_range(numero - 1, fusion.gauche - 1, numero - 1, fusion.droite - 1, "", self.gras)
            corrigee = corrigees.get(str(numero)) or {}
            valeurs = [corrigee.get(choisi.colonnes.get(str(r), ""), c) for r, c in enumerate(cellules)]
            if choisi.titres[-1:] == [A_CORRIGER]:
                valeurs = valeurs[:-1]
            for rang, valeur in enumerate(valeurs):
                self._cellule(page, numero - 1, rang, valeur, self.gras if numero <= choisi.derniere else None)
            if numero == choisi.derniere and fautes:
                page.write_string(numero - 1, droite, A_CORRIGER, self.gras)
                page.set_column(droite, droite, 60)
            elif numero in fautes:
                dites = " ".join(f"{faute.colonne} : {faute.raison}" for faute in fautes[numero])
                page.write_string(numero - 1, droite, dites, self.faute)
                self._montrer(choisi, numero, valeurs)

    def _montrer(self, choisi: Choix, numero: int, valeurs: list[Any]) -> None:
        if sum(map(len, self.lignes.values())) < LIGNES_MONTREES_MAX:
            self.lignes[choisi.cible][str(numero)] = {
                cle: montrer(valeurs[int(rang)]) if int(rang) < len(valeurs) else ""
                for rang, cle in choisi.colonnes.items()
            }

    def _cellule(self, page: Any, ligne: int, rang: int, valeur: Any, forme: Any) -> None:
        if isinstance(valeur, bool):
            page.write_boolean(ligne, rang, valeur, forme)
        elif isinstance(valeur, datetime.date):
            page.write_datetime(ligne, rang, valeur, self.formats[datetime.date])
        elif isinstance(valeur, datetime.timedelta):
            page.write_datetime(ligne, rang, valeur, self.formats[datetime.timedelta])
        elif isinstance(valeur, int | float):
            page.write_number(ligne, rang, valeur, forme)
        elif texte := montrer(valeur):
            page.write_string(ligne, rang, texte, forme)
