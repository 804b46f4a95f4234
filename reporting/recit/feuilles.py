"""Le nom de chaque feuille d'un classeur : le titre de sa table, à la place qu'il y a."""

import re
from collections.abc import Iterable

from reporting.recit.tables import Table

INTERDITS = re.compile(r"[\[\]:*?/\\]")
NOM_MAX = 31
# Ce qui s'abrège d'un titre trop long, avant d'être coupé.
ABREGES = (
    ("Bénéficiaires par", "Bénéf. par"),
    ("Allocataires du RSA par", "RSA par"),
    ("Habitants des quartiers par", "QPV par"),
    ("par type du contrat d'entrée", "par contrat d'entrée"),
)


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
