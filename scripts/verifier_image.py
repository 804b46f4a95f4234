"""Vérifie l'image sans moteur de conteneurs : ce que le Dockerfile copierait, et rien d'autre, doit démarrer.

`.dockerignore` et les COPY du Dockerfile remplissent un dossier. Là, avec les réglages que docker-compose.yml tire de
`.env.exemple`, tournent la commande de construction, `check --deploy`, `migrate`, l'inventaire de Celery, puis la commande de
démarrage de l'image, que sa propre sonde interroge. Chaque import de ce dossier vient du verrou de production.
Sort avec le code 1 en disant ce qui manque.
"""

import ast
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Self, TextIO

import yaml
from packaging.utils import canonicalize_name

RACINE = Path(__file__).resolve().parent.parent
DELAI_DEMARRAGE = 40.0  # secondes
SERVICES_ABSENTS = {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"}  # l'essai prend SQLite et des dossiers
LISTES_D_IMPORTS = ("APPS_DU_PROJET", "INSTALLED_APPS", "MIDDLEWARE")  # ce que Django importe par son nom
ADRESSE, PORT = "0.0.0.0:8000", "8000"


class Defaut(Exception):
    """L'image ne se construirait pas, ou ne démarrerait pas."""


# --- .dockerignore -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exclusions:
    """Les lignes de `.dockerignore` : la dernière qui s'applique décide, un dossier exclu exclut ce qu'il contient."""

    regles: list[tuple[re.Pattern[str], bool]]

    @classmethod
    def lues(cls, texte: str) -> Self:
        lignes = [ligne.strip() for ligne in texte.splitlines() if ligne.strip() and not ligne.startswith("#")]
        return cls([(_motif(ligne.lstrip("!").strip("/")), not ligne.startswith("!")) for ligne in lignes])

    def excluent(self, chemin: str) -> bool:
        morceaux = chemin.split("/")
        parents = ["/".join(morceaux[:fin]) for fin in range(1, len(morceaux) + 1)]
        exclu = False
        for motif, exclut in self.regles:
            if any(motif.fullmatch(parent) for parent in parents):
                exclu = exclut
        return exclu

    def contexte(self, racine: Path) -> Iterator[str]:
        """Les fichiers envoyés à la construction. Un dossier de premier niveau exclu ne se parcourt pas."""
        for entree in sorted(racine.iterdir()):
            if entree.is_symlink() or self.excluent(entree.name):
                continue
            for fichier in [entree] if entree.is_file() else sorted(entree.rglob("*")):
                chemin = fichier.relative_to(racine).as_posix()
                if fichier.is_file() and not self.excluent(chemin):
                    yield chemin


def _motif(ligne: str) -> re.Pattern[str]:
    """`**` passe les dossiers, `*` et `?` non."""
    morceaux = re.split(r"(\*\*/|\*\*|\*|\?|\[[^]]+\])", ligne)
    traduits = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(traduits.get(m, m if m.startswith("[") else re.escape(m)) for m in morceaux))


# --- Dockerfile --------------------------------------------------------------------------------------------------------


@dataclass
class Etape:
    """Ce qu'une étape du Dockerfile pose : environnement, copies du contexte, commandes de manage.py, démarrage, sonde."""

    environnement: dict[str, str] = field(default_factory=dict)
    copies: list[list[str]] = field(default_factory=list)
    commandes: list[str] = field(default_factory=list)
    demarrage: list[str] = field(default_factory=list)
    sonde: list[str] = field(default_factory=list)


def etapes(texte: str) -> list[Etape]:
    lignes = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", texte)).splitlines()
    lues: list[Etape] = []
    for ligne in lignes:
        instruction, _, reste = ligne.strip().partition(" ")
        if instruction == "FROM":
            lues.append(Etape())
        elif instruction == "ENV":
            lues[-1].environnement |= dict(re.findall(r"(\w+)=(\S+)", reste))
        elif instruction == "COPY" and "--from" not in reste:
            lues[-1].copies.append(reste.split())
        elif instruction == "RUN" and "manage.py" in reste:
            lues[-1].commandes.append(reste)
        elif instruction == "CMD":
            lues[-1].demarrage = json.loads(reste)
        elif instruction == "HEALTHCHECK":
            lues[-1].sonde = json.loads(reste.partition("CMD")[2])
    return lues


def copier(etape: Etape, contexte: list[str], dossier: Path) -> None:
    """Les COPY de l'étape finale, dont la destination est `./` ou `.`."""
    for *sources, destination in etape.copies:
        for source in sources:
            retenus = [f for f in contexte if source == "." or f == source or f.startswith(f"{source}/")]
            if not retenus:
                raise Defaut(f"COPY {source} : .dockerignore n'en laisse rien passer.")
            for fichier in retenus:
                cible = dossier / destination / fichier
                cible.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(RACINE / fichier, cible)


# --- docker-compose.yml ------------------------------------------------------------------------------------------------


def lire_env(texte: str) -> dict[str, str]:
    lignes = re.findall(r"(?m)^([A-Z0-9_]+)=(.*)$", texte)
    return {nom: valeur.strip("\"'") for nom, valeur in lignes}


def reglages(compose: str, dotenv: dict[str, str]) -> dict[str, str]:
    """L'environnement du service `web`, tel que compose le composerait avec ce `.env`."""
    declares = yaml.safe_load(compose)["services"]["web"]["environment"]
    composes = {nom: dotenv.get(nom) if v is None else _interpoler(str(v), dotenv) for nom, v in declares.items()}
    return {nom: valeur for nom, valeur in composes.items() if valeur is not None}


def _interpoler(valeur: str, dotenv: dict[str, str]) -> str:
    def remplacer(trouve: re.Match[str]) -> str:
        nom, genre, suite = trouve["nom"], trouve["genre"], trouve["suite"] or ""
        if dotenv.get(nom):
            return dotenv[nom]
        if genre == ":?":
            raise Defaut(f"{nom} : {suite}")
        return suite

    return re.sub(r"\$\{(?P<nom>\w+)(?:(?P<genre>:[-?])(?P<suite>[^}]*))?\}", remplacer, valeur)


# --- Dépendances -------------------------------------------------------------------------------------------------------


def imports_hors_du_verrou(dossier: Path) -> list[str]:
    """Ce que le code livré importe, ou nomme dans ses réglages, sans que le verrou de production l'apporte."""
    verrou = re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", (dossier / "requirements.prod.lock").read_text())
    permis = {canonicalize_name(nom) for nom in verrou}
    livres = {chemin.name.removesuffix(".py") for chemin in dossier.iterdir()}
    distributions = packages_distributions()
    fautes = set()
    for fichier in dossier.rglob("*.py"):
        for nom in _modules(fichier) - livres - set(sys.stdlib_module_names):
            if not permis & {canonicalize_name(d) for d in distributions.get(nom, [])}:
                fautes.add(f"{nom} (importé par {fichier.relative_to(dossier)})")
    return sorted(fautes)


def _modules(fichier: Path) -> set[str]:
    noms = set()
    for noeud in ast.walk(ast.parse(fichier.read_text())):
        if isinstance(noeud, ast.Import):
            noms |= {alias.name for alias in noeud.names}
        elif isinstance(noeud, ast.ImportFrom):
            noms.add(noeud.module or "")
    if fichier.name == "settings.py":
        noms |= _applications(fichier)
    return {nom.partition(".")[0] for nom in noms if nom}


def _applications(reglages_du_site: Path) -> set[str]:
    """Les applications et intergiciels nommés par les réglages."""
    listes = [
        noeud.value
        for noeud in ast.parse(reglages_du_site.read_text()).body
        if isinstance(noeud, ast.Assign) and getattr(noeud.targets[0], "id", "") in LISTES_D_IMPORTS
    ]
    constantes = (noeud for liste in listes for noeud in ast.walk(liste) if isinstance(noeud, ast.Constant))
    return {str(constante.value) for constante in constantes}


# --- Faire tourner -----------------------------------------------------------------------------------------------------


@dataclass
class Essai:
    """L'image, dans un dossier : ses chemins et son port sont traduits, son environnement est le sien et rien d'autre."""

    dossier: Path
    donnees: Path
    port: int
    environnement: dict[str, str]

    def ici(self, texte: str) -> str:
        python = f"{sys.prefix}/bin"
        for la_bas, ici in (("/app", self.dossier), ("/var/lib/clauses", self.donnees), ("/venv/bin", python)):
            texte = re.sub(rf"(?<![\w/]){re.escape(la_bas)}\b", str(ici), texte)
        texte = texte.replace("/tmp/construction", f"{self.donnees}/construction").replace("$PATH", os.environ["PATH"])
        return texte.replace(ADRESSE, f"127.0.0.1:{self.port}").replace(f"127.0.0.1:{PORT}", f"127.0.0.1:{self.port}")

    def milieu(self, **autres: str) -> dict[str, str]:
        de_l_image = {nom: self.ici(valeur) for nom, valeur in self.environnement.items()}
        return {"HOME": str(self.donnees), **de_l_image, **autres}

    def executer(self, nom: str, *commande: str, milieu: dict[str, str]) -> None:
        debut = time.monotonic()
        fini = subprocess.run(
            commande,
            cwd=self.dossier,
            env=milieu,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if fini.returncode:
            raise Defaut(f"{nom} a échoué :\n{fini.stdout}")
        print(f"  ✓ {nom} ({time.monotonic() - debut:.0f} s)", flush=True)

    def servir(self, demarrage: list[str], sonde: list[str], milieu: dict[str, str]) -> None:
        """Lance la commande de démarrage, attend que la sonde de l'image passe, puis arrête comme le ferait le moteur."""
        journal = (self.donnees / "serveur.log").open("w+")
        serveur = subprocess.Popen(
            [self.ici(mot) for mot in demarrage], cwd=self.dossier, env=milieu, stdout=journal, stderr=subprocess.STDOUT
        )
        try:
            self._attendre(serveur, [self.ici(mot) for mot in sonde], milieu)
            page = (
                f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:{self.port}/sante/').read().decode())"
            )
            sante = json.loads(subprocess.check_output(["python", "-c", page], env=milieu, text=True))
            if sante["etat"] != "ok":
                raise Defaut(f"/sante/ répond {sante}")
            serveur.terminate()
            if serveur.wait(DELAI_DEMARRAGE):
                raise Defaut(f"le serveur s'est arrêté avec le code {serveur.returncode}")
            if erreurs := [ligne for ligne in _lignes(journal) if "[ERROR]" in ligne or "Traceback" in ligne]:
                raise Defaut("le serveur a écrit des erreurs :\n" + "\n".join(erreurs))
        except Defaut as defaut:
            raise Defaut(f"{defaut}\n" + "\n".join(_lignes(journal)[-30:])) from defaut
        finally:
            if serveur.poll() is None:
                serveur.kill()
                serveur.wait()
            journal.close()
        print(f"  ✓ {demarrage[0]} répond à la sonde et s'arrête proprement", flush=True)

    def _attendre(self, serveur: "subprocess.Popen[bytes]", sonde: list[str], milieu: dict[str, str]) -> None:
        fin = time.monotonic() + DELAI_DEMARRAGE
        while subprocess.run(sonde, env=milieu, capture_output=True, check=False).returncode:
            if serveur.poll() is not None or time.monotonic() > fin:
                raise Defaut("la commande de démarrage ne répond pas à la sonde de l'image")
            time.sleep(0.3)


def _lignes(journal: TextIO) -> list[str]:
    journal.flush()
    journal.seek(0)
    return journal.read().splitlines()


def port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


def verifier(travail: Path) -> None:
    dossier, donnees = travail / "app", travail / "donnees"
    donnees.mkdir(parents=True)
    contexte = list(Exclusions.lues((RACINE / ".dockerignore").read_text()).contexte(RACINE))
    toutes = etapes((RACINE / "Dockerfile").read_text())
    image = toutes[-1]
    for etape in toutes:
        copier(etape, contexte, dossier)
    print(f"  ✓ {len(contexte)} fichiers copiés", flush=True)
    if fautes := imports_hors_du_verrou(dossier):
        raise Defaut("hors de requirements.prod.lock :\n" + "\n".join(fautes))
    essai = Essai(dossier, donnees, port_libre(), image.environnement)
    dotenv = lire_env((RACINE / ".env.exemple").read_text())
    dotenv |= {"SECRET_KEY": secrets.token_urlsafe(64), "POSTGRES_PASSWORD": secrets.token_hex(24)}
    du_site = reglages((RACINE / "docker-compose.yml").read_text(), dotenv)
    milieu = essai.milieu(**{nom: valeur for nom, valeur in du_site.items() if nom not in SERVICES_ABSENTS})
    a_cote = milieu | {"VAR_DIR": str(donnees / "controles")}  # pas la base qui se migre pendant ce temps
    gerer = ["python", "manage.py"]

    def construire() -> None:
        for commande in image.commandes:
            essai.executer("construction : collectstatic", "sh", "-c", essai.ici(commande), milieu=essai.milieu())
        essai.executer("check --deploy", *gerer, "check", "--deploy", "--fail-level", "WARNING", milieu=a_cote)
        essai.executer("celery report", "celery", "-A", "clauses_sociales", "report", milieu=a_cote)

    def migrer() -> None:
        essai.executer("migrate", *gerer, "migrate", "--no-input", "--verbosity=0", milieu=milieu)

    with ThreadPoolExecutor() as fils:  # sur deux cœurs, le plus long cache l'autre
        for tache in [fils.submit(construire), fils.submit(migrer)]:
            tache.result()
    essai.servir(image.demarrage, image.sonde, milieu)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as provisoire:
        try:
            verifier(Path(provisoire))
        except Defaut as defaut:
            sys.exit(f"✗ {defaut}")
