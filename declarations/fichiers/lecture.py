"""Lire un fichier d'heures : ses titres et ses lignes, puis une personne, un mois et des heures par ligne. Sans base.

Une ligne par personne et par mois, ou par semaine : une semaine à cheval compte dans le mois de son jeudi, comme elle compte
dans son année. Ce qui ne se lit pas reste tel que tapé : la page de relecture le montre, et le fait corriger sur place.
"""

import datetime
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from socle.feuilles import ClasseurRefuse, Feuille, montrer, ouvrir
from socle.lecture import Illisible, lire_heures, lire_jour, lire_mois
from socle.periodes import premier_jour
from socle.texte import masquer_le_numero_national, nettoyer, plier

LIGNES_MAX, GROUPES_MAX, LIGNES_AVANT_TITRES, LONGUEUR_MAX = 2000, 250, 20, 120
TITRES_RECONNUS = 2
JEUDI = 4
LIBELLES = {
    "personne": "Personne (nom et prénom ensemble)",
    "nom": "Nom",
    "prenom": "Prénom",
    "mois": "Mois",
    "semaine": "Semaine, ou un jour de la semaine",
    "heures": "Heures",
}
_ECRITURES = {
    "personne": "personne|salarie|salariee|interimaire|collaborateur|agent|beneficiaire|nom prenom|nom et prenom|"
    "prenom nom|nom du salarie|nom de l interimaire|nom complet|participant|identite",
    "nom": "nom|nom de famille|nom d usage|patronyme|nom salarie",
    "prenom": "prenom|prenoms|prenom salarie",
    "mois": "mois|periode|mois travaille|mois de paie|periode de paie|mois annee|mois concerne",
    "semaine": "semaine|sem|n semaine|no semaine|num semaine|numero de semaine|semaine n|semaine du|date|jour|du|"
    "date debut|date de debut|debut semaine|debut de semaine",
    "heures": "heures|heure|h|nb heures|nb h|nbre heures|nombre d heures|nombre heures|heures travaillees|total heures|"
    "heures realisees|heures effectuees|heures facturees|total|quantite|qte|volume horaire|nb d heures",
}
_RECONNUS = {ecriture: quoi for quoi, ecritures in _ECRITURES.items() for ecriture in ecritures.split("|")}
_SEMAINE = re.compile(
    r"(?:(?P<avant>\d{4})\s*[-/ ]?\s*)?(?:s|w|sem|semaine)?\s*(?P<rang>\d{1,2})(?:\s*[-/ ]?\s*(?P<apres>\d{4}))?"
)
SANS_TABLEAU = (
    "Aucun tableau d'heures n'est reconnu dans ce fichier : il faut une ligne de titres, puis une ligne par personne."
)
TROP_DE_LIGNES = f"Ce fichier dépasse {LIGNES_MAX} lignes : partagez-le en plusieurs fichiers."


@dataclass(frozen=True, slots=True)
class Tableau:
    """Les titres d'une feuille, et ses lignes numérotées comme dans le tableur."""

    titres: list[str]
    rangees: list[tuple[int, list[str]]]


@dataclass(slots=True)
class Groupe:
    """Ce que le fichier dit d'une personne un mois : la somme de ses lignes ; sans mois ou sans heures, ce qui en est tapé."""

    personne: str
    mois: datetime.date | None
    lignes: list[int] = field(default_factory=list)
    heures: Decimal | None = Decimal(0)
    mois_tape: str = ""
    heures_tapees: str = ""


def cle_du_titre(titre: str) -> str:
    """« Nb d'heures (h) » → « nb d heures » : ce qu'on reconnaît, et ce qu'on retient d'un titre."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plier(re.sub(r"\([^)]*\)", " ", titre))).split())


def lire_le_tableau(chemin: Path, retenues: Mapping[str, str]) -> Tableau:
    """Le tableau le mieux reconnu du fichier ; lève `ClasseurRefuse` avec la raison. `retenues` : {titre: ce qu'il dit}."""
    connus = _RECONNUS | dict(retenues)
    with ouvrir(chemin, est_un_titre=lambda titre: cle_du_titre(titre) in connus) as lecture:
        tableaux = [_tableau(feuille, connus) for feuille in lecture.feuilles if not feuille.masquee]
    lus = [tableau for tableau in tableaux if tableau is not None]
    if not lus:
        raise ClasseurRefuse(SANS_TABLEAU)
    return max(lus, key=lambda tableau: (len(reconnaitre(tableau.titres, retenues)), len(tableau.rangees)))


def _tableau(feuille: Feuille, connus: Mapping[str, str]) -> Tableau | None:
    rangees = [
        (numero, [_texte(cellule) for cellule in cellules])
        for numero, cellules in itertools.islice(feuille.lignes(), LIGNES_MAX + LIGNES_AVANT_TITRES)
    ]
    debut = rangees[:LIGNES_AVANT_TITRES]
    reconnus = [len({connus[cle_du_titre(c)] for c in cellules if cle_du_titre(c) in connus}) for _, cellules in debut]
    if max(reconnus, default=0) < TITRES_RECONNUS:
        reconnus = [sum(bool(c) for c in cellules) for _, cellules in debut]  # un fichier aux titres à lui
    if max(reconnus, default=0) < TITRES_RECONNUS:
        return None
    place = reconnus.index(max(reconnus))
    suivantes = rangees[place + 1 :]
    if len(suivantes) > LIGNES_MAX:
        raise ClasseurRefuse(TROP_DE_LIGNES)
    return Tableau(debut[place][1], suivantes) if suivantes else None


def _texte(brut: Any) -> str:
    return masquer_le_numero_national(" ".join(nettoyer(montrer(brut)).split()))[:LONGUEUR_MAX]


def reconnaitre(titres: Sequence[str], retenues: Mapping[str, str]) -> dict[str, int]:
    """{ce qu'une colonne dit: son rang} ; ce qui a été mis en correspondance passe avant ce qui se devine."""
    places: dict[str, int] = {}
    for connus in (retenues, _RECONNUS):
        for rang, titre in enumerate(titres):
            quoi = connus.get(cle_du_titre(titre))
            if quoi and quoi not in places and rang not in places.values():
                places[quoi] = rang
    if "personne" in places:
        places.pop("nom", None)
    return places


def est_complete(places: Mapping[str, int]) -> bool:
    return (
        "heures" in places and bool({"personne", "nom"} & places.keys()) and bool({"mois", "semaine"} & places.keys())
    )


def grouper(
    tableau: Tableau, places: Mapping[str, int], mois_du_fichier: datetime.date | None, le: datetime.date
) -> list[Groupe]:
    """Une personne et un mois par groupe, dans l'ordre du fichier ; une ligne qui ne se lit pas reste seule."""
    groupes: dict[Any, Groupe] = {}
    for numero, cellules in tableau.rangees:
        dits = {quoi: cellules[rang] if rang < len(cellules) else "" for quoi, rang in places.items()}
        personne = dits.get("personne") or f"{dits.get('nom', '')} {dits.get('prenom', '')}".strip()
        if not personne or plier(personne).startswith(("total", "sous-total", "sous total")):
            continue
        mois, mois_tape = _mois(dits, mois_du_fichier, le)
        heures, heures_tapees = _heures(dits["heures"])
        seule = numero if mois is None or heures is None else None
        groupe = groupes.setdefault((plier(personne), mois, seule), Groupe(personne, mois, [], heures and Decimal(0)))
        groupe.lignes.append(numero)
        groupe.mois_tape, groupe.heures_tapees = mois_tape, heures_tapees
        groupe.heures = None if heures is None else (groupe.heures or Decimal(0)) + heures
    return list(groupes.values())


def _mois(
    dits: Mapping[str, str], mois_du_fichier: datetime.date | None, le: datetime.date
) -> tuple[datetime.date | None, str]:
    if tape := dits.get("mois"):
        return _du_mois(tape), tape
    if tape := dits.get("semaine"):
        jeudi = _jeudi(tape, le)
        return (premier_jour(jeudi) if jeudi else None), tape
    return mois_du_fichier, ""


def _du_mois(tape: str) -> datetime.date | None:
    for ecriture in (tape, f"1 {tape}"):  # « septembre 2026 » est un jour à qui il manque son quantième
        try:
            return lire_mois(ecriture)
        except Illisible:
            continue
    return None


def _jeudi(tape: str, le: datetime.date) -> datetime.date | None:
    """Le jeudi de « S45 2026 », « 2026-W45 », « semaine 45 » (la dernière passée), ou de la semaine d'un jour."""
    trouve = _SEMAINE.fullmatch(plier(tape))
    try:
        if trouve is None:
            annee, rang, _ = lire_jour(tape).isocalendar()
        else:
            rang, annee = int(trouve["rang"]), int(trouve["avant"] or trouve["apres"] or 0)
        if not annee:
            annee = le.year if datetime.date.fromisocalendar(le.year, rang, JEUDI) <= le else le.year - 1
        return datetime.date.fromisocalendar(annee, rang, JEUDI)
    except (Illisible, ValueError):
        return None


def _heures(tape: str) -> tuple[Decimal | None, str]:
    try:
        return lire_heures(tape), tape
    except Illisible:
        return None, tape
