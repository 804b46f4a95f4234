"""Lire la liste d'un prescripteur, XLSX ou CSV : chaque ligne devient ce que le formulaire d'une personne attend.

Les en-têtes se reconnaissent à leurs mots, dans n'importe quel ordre. Ce qui ne se comprend pas reste tel que tapé : le
formulaire dira pourquoi, ligne par ligne. Un numéro de sécurité sociale n'est jamais recopié.
"""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError
from python_calamine import CalamineError, CalamineWorkbook

from beneficiaires.enums import CodeCritere, Sexe
from reprise import cellules
from reprise.cellules import ValeurFausse, cle_de_choix, montrer
from reprise.lecture.archive import TRONQUE, ClasseurRefuse, ouvrir
from reprise.lecture.feuille import relever
from socle.texte import sans_numero_national

PERSONNES_MAX = 1000
LIGNES_AVANT_ENTETES = 20
LONGUEUR_MAX = 200
COLONNES = {
    "nom": ("nom", "nom de famille", "nom d usage", "noms"),
    "prenom": ("prenom", "prenoms"),
    "date_naissance": ("date de naissance", "naissance", "ne le", "nee le", "ne e le", "ddn"),
    "sexe": ("sexe", "civilite", "genre"),
    "telephone": ("telephone", "tel", "portable", "mobile", "numero de telephone"),
    "courriel": ("courriel", "mail", "email", "e mail", "adresse mail", "adresse electronique"),
    "adresse": ("adresse", "adresse postale", "rue"),
    "code_postal": ("code postal", "cp"),
    "commune": ("commune", "ville"),
    "criteres": ("criteres", "critere", "situation", "public", "publics", "statut"),
    "referent": ("referent", "conseiller", "referent unique", "accompagnateur"),
    "referent_courriel": ("courriel du referent", "mail du referent", "email du referent", "mail referent"),
}
_RECONNUES = {ecriture: champ for champ, ecritures in COLONNES.items() for ecriture in ecritures}
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
    rangees = _rangees_csv(chemin) if chemin.suffix.casefold() == ".csv" else _rangees_xlsx(chemin)
    numerotees = ((numero, list(rangee)) for numero, rangee in enumerate(rangees, start=1))
    places, ignorees = _entetes(numerotees)
    lue = ListeLue(ignorees=ignorees)
    for numero, rangee in numerotees:
        brutes = {champ: rangee[rang] for champ, rang in places.items() if rang < len(rangee)}
        if not any(montrer(brut).strip() for brut in brutes.values()):
            continue
        if len(lue.personnes) == PERSONNES_MAX:
            raise ClasseurRefuse(TROP_DE_PERSONNES)
        lue.personnes.append((numero, _personne(brutes)))
    return lue


def _entetes(rangees: Iterator[tuple[int, list]]) -> tuple[dict[str, int], list[str]]:
    """La place de chaque colonne, et les titres non reconnus ; la première rangée qui dit nom, prénom et naissance."""
    for _, rangee in itertools.islice(rangees, LIGNES_AVANT_ENTETES):
        titres = [cle_de_choix(montrer(cellule)) for cellule in rangee]
        places: dict[str, int] = {}
        for rang, titre in enumerate(titres):
            if titre in _RECONNUES:
                places.setdefault(_RECONNUES[titre], rang)
        if {"nom", "prenom", "date_naissance"} <= places.keys():
            inconnus = [montrer(c)[:60] for c, titre in zip(rangee, titres, strict=True) if titre not in _RECONNUES]
            return places, [titre for titre in inconnus if titre.strip()]
    raise ClasseurRefuse(SANS_ENTETES)


def _rangees_csv(chemin: Path) -> Iterable[list[str]]:
    octets = chemin.read_bytes()
    if b"\x00" in octets:
        raise ClasseurRefuse("Ce fichier n'est pas un CSV : enregistrez-le au format « CSV UTF-8 », ou en .xlsx.")
    try:
        texte = octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        texte = octets.decode("cp1252", errors="replace")  # l'écriture des tableurs français
    debut = texte[:4096]
    separateur = max(";,\t", key=debut.count)
    try:
        yield from csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
    except csv.Error as erreur:
        raise ClasseurRefuse(TRONQUE) from erreur


def _rangees_xlsx(chemin: Path) -> Iterable[list]:
    """La première feuille ; une formule ou une cellule en erreur se lit comme vide, le formulaire la réclamera."""
    with ouvrir(chemin) as archive:
        nom = next(iter(archive.feuilles), None)
        anomalies = relever(archive, nom) if nom else {}
    if nom is None:
        raise ClasseurRefuse(TRONQUE)
    try:
        with chemin.open("rb") as flux, CalamineWorkbook.from_filelike(flux) as classeur:
            feuille = classeur.get_sheet_by_name(nom)
            for ligne, rangee in enumerate(feuille.to_python(skip_empty_area=False), start=1):
                fausses = anomalies.get(ligne, {})
                yield ["" if rang in fausses else cellule for rang, cellule in enumerate(rangee, start=1)]
    except (CalamineError, OSError) as erreur:
        raise ClasseurRefuse(TRONQUE) from erreur


def _personne(brutes: dict) -> dict:
    """{champ du formulaire: texte}, prêt à être validé et corrigé."""
    donnees = {champ: _texte(brut) for champ, brut in brutes.items()}
    lieu = (donnees.pop(champ, "") for champ in ("adresse", "code_postal", "commune"))
    donnees["adresse"] = " ".join(partie for partie in lieu if partie)[:LONGUEUR_MAX]
    donnees["date_naissance"] = _jour(brutes.get("date_naissance", ""))
    donnees["sexe"] = _SEXES.get(cle_de_choix(donnees.get("sexe", "")), donnees.get("sexe", ""))
    donnees["telephone"] = _telephone(donnees.get("telephone", ""))
    donnees["criteres"] = _criteres(donnees.get("criteres", ""))
    return donnees


def _texte(brut) -> str:
    lu = " ".join(montrer(brut).replace("\x00", " ").split())[:LONGUEUR_MAX]
    try:
        sans_numero_national(lu)
    except ValidationError:
        return ""  # le reste de la ligne se corrige ; ce numéro n'a pas à être gardé, même en brouillon
    return lu


def _jour(brut) -> str:
    try:
        return cellules.date(brut).isoformat()
    except ValeurFausse:
        return _texte(brut)


def _telephone(lu: str) -> str:
    """Un tableur mange le zéro de tête d'un numéro."""
    return f"0{lu}" if lu.isdecimal() and len(lu) == 9 else lu


def _criteres(lu: str) -> list[str]:
    """« RSA, QPV » → les codes ; ce qui n'en est pas un reste, pour être dit."""
    morceaux = [morceau.strip() for separe in lu.split(";") for morceau in separe.replace("/", ",").split(",")]
    return list(dict.fromkeys(_CRITERES.get(cle_de_choix(morceau), morceau) for morceau in morceaux if morceau))
