"""Reprendre le répertoire ROME d'un fichier CSV : un code, un libellé par ligne."""

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from metiers.courants import COURANTS
from metiers.models import Metier
from socle.services.passages import passage
from socle.texte import plier

CODE = re.compile(r"^[A-N]\d{4}$")
COLONNES_CODE, COLONNES_LIBELLE = ("code", "code_rome", "code rome"), ("libelle", "libellé", "libelle_rome", "intitule")


@dataclass(slots=True)
class RapportMetiers:
    crees: int = 0
    modifies: int = 0
    inchanges: int = 0
    refus: list[str] = field(default_factory=list)

    def en_json(self) -> dict:
        return {"crees": self.crees, "modifies": self.modifies, "inchanges": self.inchanges, "refus": self.refus}


def lire_metiers(chemin: Path) -> tuple[dict[str, str], list[str]]:
    """{code: libellé}, et les lignes refusées avec leur raison. Virgule ou point-virgule, en-têtes tolérés."""
    texte = chemin.read_text(encoding="utf-8-sig")
    separateur = ";" if texte.partition("\n")[0].count(";") else ","
    lignes = csv.DictReader(texte.splitlines(), delimiter=separateur)
    entetes = {plier(nom): nom for nom in lignes.fieldnames or []}
    code = next((entetes[nom] for nom in COLONNES_CODE if nom in entetes), None)
    libelle = next((entetes[plier(nom)] for nom in COLONNES_LIBELLE if plier(nom) in entetes), None)
    if code is None or libelle is None:
        return {}, ["Il manque une colonne : « code » et « libelle » sont attendues."]
    metiers, refus = {}, []
    for rang, ligne in enumerate(lignes, 2):
        valeur, nom = (ligne[code] or "").strip().upper(), " ".join((ligne[libelle] or "").split())
        if not CODE.match(valeur) or not nom:
            refus.append(f"ligne {rang} : « {valeur[:20]} » n'est pas un code ROME avec son libellé")
        else:
            metiers[valeur] = nom[:150]
    return metiers, refus


@transaction.atomic
def installer_metiers_courants() -> None:
    """Ajoute ceux des métiers courants qui manquent ; sans danger deux fois."""
    connus = set(Metier.objects.filter(code__in=COURANTS).values_list("code", flat=True))
    Metier.objects.bulk_create(
        Metier(code=code, libelle=libelle, libelle_plie=plier(libelle))
        for code, libelle in COURANTS.items()
        if code not in connus
    )


@transaction.atomic
def importer_metiers(chemin: Path, *, pour_de_vrai: bool) -> RapportMetiers:
    """Ajoute et corrige des métiers ; aucun ne s'efface, des personnes en dépendent. À blanc, rien n'est écrit."""
    lus, refus = lire_metiers(chemin)
    connus = Metier.objects.in_bulk(field_name="code")
    nouveaux = [Metier(code=c, libelle=n, libelle_plie=plier(n)) for c, n in lus.items() if c not in connus]
    changes = []
    for code, nom in lus.items():
        metier = connus.get(code)
        if metier and metier.libelle != nom:
            metier.libelle, metier.libelle_plie = nom, plier(nom)
            changes.append(metier)
    if pour_de_vrai:
        with passage("metiers"):
            Metier.objects.bulk_create(nouveaux)
            Metier.objects.bulk_update(changes, ["libelle", "libelle_plie"])
    return RapportMetiers(len(nouveaux), len(changes), len(lus) - len(nouveaux) - len(changes), refus)
