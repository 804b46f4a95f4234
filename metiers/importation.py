"""Reprendre le répertoire ROME d'un fichier CSV : des codes et leurs libellés, ou toutes leurs appellations."""

import csv
import re
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from metiers.courants import COURANTS
from metiers.models import Appellation, Metier
from metiers.mots import cle
from socle.services.passages import passage
from socle.texte import plier

CODE = re.compile(r"^[A-N]\d{4}$")
COLONNES_CODE, COLONNES_LIBELLE = ("code", "code_rome", "code rome"), ("libelle", "libellé", "libelle_rome", "intitule")
# Le fichier officiel des appellations (`unix_referentiel_appellation_vNNN_utf8.csv`).
COLONNE_NOM, COLONNE_PARENT, COLONNE_GENRE, PRINCIPALE = (
    "libelle_appellation_court",
    "code_rome_parent",
    "classification",
    "PRINCIPALE",
)
NOMS_COURANTS = Path(__file__).parent / "donnees" / "noms_courants.csv"
PAQUET = 2_000


@dataclass(slots=True)
class RapportMetiers:
    crees: int = 0
    modifies: int = 0
    inchanges: int = 0
    noms: int = 0
    refus: list[str] = field(default_factory=list)

    def en_json(self) -> dict:
        comptes = {"crees": self.crees, "modifies": self.modifies, "inchanges": self.inchanges, "noms": self.noms}
        return {**comptes, "refus": self.refus}


@dataclass(slots=True)
class LectureRome:
    """Ce que dit un fichier : {code: libellé}, {code: code d'origine}, et les noms (code, nom) de chacun."""

    libelles: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    noms: list[tuple[str, str]] = field(default_factory=list)
    refus: list[str] = field(default_factory=list)


def lire_metiers(chemin: Path) -> LectureRome:
    """Le fichier lu, et les lignes refusées avec leur raison. Virgule ou point-virgule, en-têtes tolérés."""
    texte = chemin.read_text(encoding="utf-8-sig")
    separateur = ";" if texte.partition("\n")[0].count(";") else ","
    lignes = csv.DictReader(texte.splitlines(), delimiter=separateur)
    entetes = {plier(nom): nom for nom in lignes.fieldnames or []}
    code = next((entetes[nom] for nom in COLONNES_CODE if nom in entetes), None)
    libelle = next((entetes[plier(nom)] for nom in COLONNES_LIBELLE if plier(nom) in entetes), None)
    if code is not None and COLONNE_NOM in entetes:
        return _lire_appellations(lignes)
    if code is None or libelle is None:
        return LectureRome(refus=["Il manque une colonne : « code » et « libelle » sont attendues."])
    lecture = LectureRome()
    for rang, ligne in enumerate(lignes, 2):
        valeur, nom = (ligne[code] or "").strip().upper(), " ".join((ligne[libelle] or "").split())
        if not CODE.match(valeur) or not nom:
            lecture.refus.append(f"ligne {rang} : « {valeur[:20]} » n'est pas un code ROME avec son libellé")
        else:
            lecture.libelles[valeur] = nom[:150]
    return lecture


def _lire_appellations(lignes: Iterable[dict]) -> LectureRome:
    """Le nom principal d'un code en est le libellé, tant qu'on ne lui en connaît pas d'autre."""
    lecture = LectureRome()
    for rang, ligne in enumerate(lignes, 2):
        code, nom = (ligne["code_rome"] or "").strip().upper(), " ".join((ligne[COLONNE_NOM] or "").split())
        parent = (ligne.get(COLONNE_PARENT) or "").strip().upper() or code
        if not CODE.match(code) or not CODE.match(parent) or not cle(nom).strip():
            lecture.refus.append(f"ligne {rang} : « {code[:20]} » n'est pas un code ROME avec une appellation")
            continue
        lecture.noms.append((code, nom[:200]))
        lecture.parents[code] = parent
        if ligne.get(COLONNE_GENRE) == PRINCIPALE or code not in lecture.libelles:
            lecture.libelles[code] = nom[:150]
    return lecture


@transaction.atomic
def installer_metiers_courants() -> None:
    """Ajoute ceux des métiers courants et de leurs noms qui manquent ; sans danger deux fois."""
    connus = set(Metier.objects.filter(code__in=COURANTS).values_list("code", flat=True))
    Metier.objects.bulk_create(_metier(code, libelle) for code, libelle in COURANTS.items() if code not in connus)
    _ajouter_les_noms(lire_noms_courants(), officielle=False)


def lire_noms_courants() -> Iterator[tuple[str, str]]:
    """(code, nom) de la table du projet."""
    for ligne in NOMS_COURANTS.read_text(encoding="utf-8").splitlines():
        if ligne and not ligne.startswith("#"):
            code, _, nom = ligne.partition(";")
            yield code, nom


def _metier(code: str, libelle: str, parent: str = "") -> Metier:
    return Metier(code=code, code_parent=parent or code, libelle=libelle, libelle_plie=plier(libelle))


def _ajouter_les_noms(noms: Iterable[tuple[str, str]], *, officielle: bool) -> int:
    """Écrit ceux qui manquent ; rend leur nombre."""
    metiers = dict(Metier.objects.du_repertoire().values_list("code", "pk"))
    publics = Appellation.objects.filter(structure=None, officielle=officielle)
    connus = set(publics.values_list("metier_id", "cle"))
    voulus = {(metiers[code], cle(nom)): nom for code, nom in noms if code in metiers}
    nouveaux = [
        Appellation(metier_id=metier, libelle=nom, cle=comparee[:250], officielle=officielle)
        for (metier, comparee), nom in voulus.items()
        if (metier, comparee) not in connus
    ]
    Appellation.objects.bulk_create(nouveaux, batch_size=PAQUET)
    return len(nouveaux)


@transaction.atomic
def importer_metiers(chemin: Path, *, pour_de_vrai: bool) -> RapportMetiers:
    """Ajoute et corrige des métiers et leurs noms ; aucun ne s'efface, des personnes en dépendent. À blanc, rien n'est écrit.

    Un libellé déjà connu reste : le fichier des appellations n'en a pas pour les codes d'avant, seulement un nom principal.
    """
    lecture = lire_metiers(chemin)
    connus = Metier.objects.du_repertoire().in_bulk(field_name="code")
    nouveaux = [_metier(c, n, lecture.parents.get(c, "")) for c, n in lecture.libelles.items() if c not in connus]
    changes = [metier for code, metier in connus.items() if code in lecture.libelles and _corriger(metier, lecture)]
    rapport = RapportMetiers(
        len(nouveaux), len(changes), len(lecture.libelles) - len(nouveaux) - len(changes), refus=lecture.refus
    )
    point = transaction.savepoint_create()
    with passage("metiers") if pour_de_vrai else nullcontext():
        Metier.objects.bulk_create(nouveaux, batch_size=PAQUET)
        Metier.objects.bulk_update(changes, ["libelle", "libelle_plie", "code_parent"], batch_size=PAQUET)
        rapport.noms = _ajouter_les_noms(lecture.noms, officielle=True)
    if not pour_de_vrai:
        transaction.savepoint_rollback(point)
    return rapport


def _corriger(metier: Metier, lecture: LectureRome) -> bool:
    """Pose ce que le fichier dit d'un métier connu ; rend vrai si quelque chose change."""
    avant = (metier.libelle, metier.code_parent)
    if not lecture.noms:
        metier.libelle = lecture.libelles[metier.code or ""]
        metier.libelle_plie = plier(metier.libelle)
    metier.code_parent = lecture.parents.get(metier.code or "", metier.code_parent)
    return avant != (metier.libelle, metier.code_parent)
