"""Un fichier DECP aussi gros que l'on veut, et ce que coûte son import : `python -m bench.decp 100000`.

Écrit le fichier (un enregistrement sur dix est du territoire, un sur cent est sale), l'importe à blanc puis deux fois pour de
vrai dans une base jetable, et dit les secondes, la mémoire la plus haute et les comptes. Le plancher : json seul, d'un coup.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SALES: tuple[dict[str, Any], ...] = (
    {"dureeMois": "NC"},
    {"montant": 9.9e17},
    {"titulaires": []},
    {"id": ""},
    {"acheteur": {"id": "FR12345"}},
    {"titulaires": [{"titulaire": {"typeIdentifiant": "TVA", "id": "FR40303265045"}}]},
)


def enregistrements(nombre: int, siret_acheteur: str) -> Iterator[dict]:
    """Des marchés vraisemblables, les mêmes à chaque fois."""
    hasard = random.Random(2026)
    for rang in range(nombre):
        local = rang % 10 == 0
        marche = {
            "id": f"2026M{rang:07d}",
            "acheteur": {"id": siret_acheteur if local else f"{10**13 + rang}"},
            "nature": "Marché",
            "objet": f"Travaux d'entretien du patrimoine, lot {rang}",
            "codeCPV": hasard.choice(("45000000", "90910000", "77310000", "30200000")),
            "lieuExecution": {"code": "50129" if local else "13055", "typeCode": "Code commune"},
            "dureeMois": hasard.randint(1, 48),
            "dateNotification": f"2026-{1 + rang % 12:02d}-{1 + rang % 28:02d}",
            "montant": hasard.randint(25_000, 5_000_000),
            "titulaires": [{"titulaire": {"typeIdentifiant": "SIRET", "id": f"{2 * 10**13 + rang}"}}],
            "considerationsSociales": {
                "considerationSociale": [hasard.choice(("Clause sociale", "Pas de considération sociale"))]
            },
        }
        yield marche | (SALES[rang // 100 % len(SALES)] if rang % 100 == 0 else {})


def ecrire(chemin: Path, nombre: int, siret_acheteur: str = "21500129300015") -> Path:
    """Écrit le fichier au fil de l'eau : le générateur non plus ne tient pas en mémoire."""
    with chemin.open("w", encoding="utf-8") as fichier:
        fichier.write('{"marches": {"marche": [')
        for rang, marche in enumerate(enregistrements(nombre, siret_acheteur)):
            fichier.write("," * bool(rang) + json.dumps(marche, ensure_ascii=False))
        fichier.write("]}}")
    return chemin


def memoire_mo() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(nombre: int) -> None:
    import django  # noqa: PLC0415  (Django se prépare avec la base jetable choisie ici)

    with tempfile.TemporaryDirectory() as dossier:
        os.environ["DATABASE_URL"] = f"sqlite:///{dossier}/mesure.sqlite3"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")
        django.setup()
        mesurer(Path(dossier), nombre)


def mesurer(dossier: Path, nombre: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415

    from bench.decp_monde import importer_une_fois, preparer  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    acteur = preparer()
    fichier = ecrire(dossier / "decp.json", nombre)
    print(f"{nombre} enregistrements, {fichier.stat().st_size / 1e6:.0f} Mo")
    depart, avant = time.perf_counter(), memoire_mo()
    # À part : la mémoire qu'il prend ne doit pas cacher celle que l'on mesure ensuite.
    subprocess.run([sys.executable, "-c", "import json, sys; json.load(open(sys.argv[1]))", str(fichier)], check=True)
    plancher = time.perf_counter() - depart
    print(f"plancher : json seul, en {plancher:.1f} s")
    for nom, pour_de_vrai in (("à blanc", False), ("pour de vrai", True), ("second passage", True)):
        depart = time.perf_counter()
        rapport = importer_une_fois(acteur, fichier, pour_de_vrai)
        duree = time.perf_counter() - depart
        print(
            f"{nom} : {duree:.1f} s, {duree / plancher:.1f} fois le plancher ; mémoire {memoire_mo():.0f} Mo "
            f"(+{memoire_mo() - avant:.0f}) ; nouveaux {rapport.nouveaux}, "
            f"changés {rapport.mis_a_jour}, refusés {rapport.refuses}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
