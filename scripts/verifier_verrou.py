"""Vérifie, sans réseau, que les deux verrous correspondent à pyproject.toml.

Toute dépendance déclarée est verrouillée à une version permise, aucune n'est restée d'une déclaration disparue, et le
verrou de production porte les mêmes versions que le verrou complet. Sort avec le code 1 en listant les écarts.
"""

import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

RACINE = Path(__file__).resolve().parent.parent
LIGNE = re.compile(r"^(?P<nom>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)")
REFAIRE = """Pour refaire les verrous :
  uv pip compile pyproject.toml --group dev --universal --python-version 3.12 --generate-hashes --no-header \\
    --no-emit-index-url -o requirements.lock
  uv pip compile pyproject.toml -c requirements.lock --universal --python-version 3.12 --generate-hashes --no-header \\
    --no-emit-index-url -o requirements.prod.lock"""


@dataclass(frozen=True)
class Verrou:
    versions: dict[str, str]
    directes: set[str]  # ce que pyproject.toml demandait quand le verrou a été fait
    sans_empreinte: set[str]


def lire_verrou(chemin: Path) -> Verrou:
    versions: dict[str, str] = {}
    directes: set[str] = set()
    empreintes: set[str] = set()
    courant = ""
    for ligne in chemin.read_text().splitlines():
        if trouve := LIGNE.match(ligne):
            courant = canonicalize_name(trouve["nom"])
            versions[courant] = trouve["version"]
        elif "--hash=sha256:" in ligne:
            empreintes.add(courant)
        elif "(pyproject.toml" in ligne:
            directes.add(courant)
    return Verrou(versions, directes, versions.keys() - empreintes)


def ecarts_avec(demandes: list[str], verrou: Verrou, nom: str) -> list[str]:
    """Les différences entre ce que pyproject.toml demande et ce que le verrou porte."""
    ecarts = [f"{nom} : {paquet} n'a pas d'empreinte" for paquet in sorted(verrou.sans_empreinte)]
    attendues = set()
    for texte in demandes:
        demande = Requirement(texte)
        paquet = canonicalize_name(demande.name)
        attendues.add(paquet)
        version = verrou.versions.get(paquet)
        if version is None:
            ecarts.append(f"{nom} : {paquet} manque")
        elif not demande.specifier.contains(version, prereleases=True):
            ecarts.append(f"{nom} : {paquet} {version} ne satisfait pas {demande.specifier}")
    ecarts += [f"{nom} : {paquet} n'est plus demandé" for paquet in sorted(verrou.directes - attendues)]
    return ecarts


def main() -> int:
    projet = tomllib.loads((RACINE / "pyproject.toml").read_text())
    production = projet["project"]["dependencies"]
    developpement = projet["dependency-groups"]["dev"]
    complet = lire_verrou(RACINE / "requirements.lock")
    prod = lire_verrou(RACINE / "requirements.prod.lock")
    ecarts = ecarts_avec(production + developpement, complet, "requirements.lock")
    ecarts += ecarts_avec(production, prod, "requirements.prod.lock")
    ecarts += [
        f"{paquet} : {version} en production, {complet.versions.get(paquet, 'absent')} dans le verrou complet"
        for paquet, version in prod.versions.items()
        if complet.versions.get(paquet) != version
    ]
    if ecarts:
        print("\n".join([*ecarts, REFAIRE]), file=sys.stderr)
    return int(bool(ecarts))


if __name__ == "__main__":
    sys.exit(main())
