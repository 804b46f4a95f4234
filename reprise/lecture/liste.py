"""Lire la liste d'un prescripteur, classeur ou CSV : chaque ligne devient ce que le formulaire d'une personne attend.

Les en-têtes se reconnaissent à leurs mots, dans n'importe quel ordre. Ce qui ne se comprend pas reste tel que tapé : le
formulaire dira pourquoi, ligne par ligne. Un numéro de sécurité sociale n'est jamais recopié : il se masque, et se dit.
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils import timezone

from beneficiaires.enums import CodeCritere, Sexe
from reprise import cellules
from reprise.cellules import ValeurFausse, cle_de_choix
from reprise.lecture.entetes import GROUPE, Entetes, candidats
from reprise.synonymes import PERSONNES
from socle.feuilles import ClasseurRefuse, Feuille, est_vide, montrer, ouvrir
from socle.texte import masquer_le_numero_national, nettoyer

PERSONNES_MAX = 1000
LONGUEUR_MAX = 200
TOUT_DE_SUITE = {"immediate", "immediat", "immediatement", "de suite", "tout de suite", "des maintenant", "oui"}
_RECONNUES = {ecriture: champ for champ, ecritures in PERSONNES.items() for ecriture in ecritures}
_SEXES = {"f": Sexe.FEMME, "femme": Sexe.FEMME, "mme": Sexe.FEMME, "madame": Sexe.FEMME, "feminin": Sexe.FEMME}
_SEXES |= {"h": Sexe.HOMME, "homme": Sexe.HOMME, "m": Sexe.HOMME, "mr": Sexe.HOMME, "monsieur": Sexe.HOMME}
_SEXES |= {"masculin": Sexe.HOMME}
_CRITERES = {
    cle_de_choix(ecriture): code
    for code, libelle in CodeCritere.choices
    for ecriture in (code, libelle, libelle.partition("(")[0])
}
SANS_ENTETES = (
    "En-têtes non reconnus : il faut au moins « Nom », « Prénom » et « Date de naissance » sur une même ligne."
)
TROP_DE_PERSONNES = f"Cette liste dépasse {PERSONNES_MAX} personnes : partagez-la en plusieurs fichiers."


@dataclass(slots=True)
class ListeLue:
    """Les personnes lues (numéro de ligne, valeurs), et les en-têtes que l'on n'a pas su lire."""

    personnes: list[tuple[int, dict]] = field(default_factory=list)
    ignorees: list[str] = field(default_factory=list)


def lire_liste(chemin: Path) -> ListeLue:
    """Lit le fichier déposé ; lève `ClasseurRefuse` avec la raison s'il ne peut pas l'être."""
    with ouvrir(chemin, est_un_titre=lambda titre: bool(_champ(titre))) as lecture:
        for feuille in lecture.feuilles:
            if trouves := _entetes(feuille):
                return _lire(feuille, *trouves)
    raise ClasseurRefuse(SANS_ENTETES)


def _lire(feuille: Feuille, entetes: Entetes, places: dict[str, int]) -> ListeLue:
    """Les lignes d'une feuille ; une formule ou une cellule en erreur se lit comme vide, le formulaire la réclamera."""
    inconnus = [titre[:60] for titre in entetes.titres if titre and not _champ(titre)]
    lue = ListeLue(ignorees=inconnus)
    for numero, rangee in feuille.lignes():
        fausses = feuille.anomalies.get(numero, {})
        brutes = {
            champ: "" if rang + 1 in fausses else rangee[rang] for champ, rang in places.items() if rang < len(rangee)
        }
        if numero <= entetes.derniere or all(est_vide(brut) for brut in brutes.values()):
            continue
        if len(lue.personnes) == PERSONNES_MAX:
            raise ClasseurRefuse(TROP_DE_PERSONNES)
        lue.personnes.append((numero, _personne(brutes)))
    return lue


def _entetes(feuille: Feuille) -> tuple[Entetes, dict[str, int]] | None:
    """Les titres de la feuille et la place de chaque champ : la première ligne, seule ou double, qui dit de qui il s'agit."""
    for entetes in sorted(candidats(feuille), key=lambda lus: (-lus.allure, lus.derniere)):
        places: dict[str, int] = {}
        for rang, titre in enumerate(entetes.titres):
            if champ := _champ(titre):
                places.setdefault(champ, rang)
        if {"nom", "prenom", "date_naissance"} <= places.keys():
            return entetes, places
    return None


def _champ(titre: str) -> str:
    """Le champ que dit un en-tête, sous un groupe ou non, avec ou sans ses parenthèses ; vide s'il n'est pas reconnu."""
    dernier = titre.rpartition(GROUPE)[2]
    ecritures = [cle_de_choix(re.sub(motif, " ", dit)) for dit in (titre, dernier) for motif in ("$^", r"\([^)]*\)")]
    return next((_RECONNUES[ecriture] for ecriture in ecritures if ecriture in _RECONNUES), "")


def _personne(brutes: dict) -> dict:
    """{champ du formulaire: texte}, prêt à être validé et corrigé."""
    donnees: dict[str, Any] = {champ: _texte(brut) for champ, brut in brutes.items()}
    lieu = (donnees.pop(champ, "") for champ in ("adresse", "code_postal", "commune"))
    donnees["adresse"] = " ".join(partie for partie in lieu if partie)[:LONGUEUR_MAX]
    donnees["date_naissance"] = _jour(brutes.get("date_naissance", ""), cellules.naissance)
    donnees["disponible_le"] = _disponible(brutes.get("disponible_le", ""))
    donnees["rayon_km"] = _kilometres(donnees.get("rayon_km", ""))
    donnees["sexe"] = _SEXES.get(cle_de_choix(donnees.get("sexe", "")), donnees.get("sexe", ""))
    donnees["telephone"] = _telephone(donnees.get("telephone", ""))
    donnees["criteres"] = _criteres(donnees.get("criteres", ""))
    return donnees


def _texte(brut) -> str:
    """Le texte propre, tout numéro de sécurité sociale masqué : le formulaire dira qu'il l'a été."""
    return masquer_le_numero_national(" ".join(nettoyer(montrer(brut)).split()))[:LONGUEUR_MAX]


def _jour(brut, lecteur: Callable[[Any], datetime.date]) -> str:
    try:
        return lecteur(brut).isoformat()
    except ValeurFausse:
        return _texte(brut)


def _disponible(brut) -> str:
    """« Immédiate », « de suite » : le jour où la liste se lit."""
    if cle_de_choix(_texte(brut)) in TOUT_DE_SUITE:
        return timezone.localdate().isoformat()
    return _jour(brut, cellules.date)


def _kilometres(lu: str) -> str:
    """« 20 km » → « 20 »."""
    trouve = re.fullmatch(r"(\d{1,4})(?:[.,]0+)?\s*(?:km|kms|kilometres|kilomètres)?", lu.strip(), re.IGNORECASE)
    return trouve[1] if trouve else lu


def _telephone(lu: str) -> str:
    """Un tableur mange le zéro de tête d'un numéro."""
    return f"0{lu}" if lu.isdecimal() and len(lu) == 9 else lu


def _criteres(lu: str) -> list[str]:
    """« RSA, QPV » → les codes ; ce qui n'en est pas un reste, pour être dit."""
    morceaux = [morceau.strip() for separe in lu.split(";") for morceau in separe.replace("/", ",").split(",")]
    return list(dict.fromkeys(_CRITERES.get(cle_de_choix(morceau), morceau) for morceau in morceaux if morceau))
