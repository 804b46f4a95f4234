"""La mise en ligne, telle qu'elle est écrite : l'image porte chaque paquet, chaque réglage documenté arrive, les bornes sont posées.

`scripts/verifier_image.py`, que l'intégration continue lance, la fait tourner pour de vrai.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import threading
import tomllib
from pathlib import Path
from typing import BinaryIO

import pytest
import yaml
from django.core.management import get_commands
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver, reverse

from clauses_sociales.corps import CorpsBorne, CorpsCoupe
from clauses_sociales.environnement import Environnement
from scripts.verifier_image import Exclusions, copier, etapes, imports_hors_du_verrou, lire_env, reglages
from socle.checks import vues

RACINE = Path(__file__).parent.parent
IGNORES = (RACINE / ".dockerignore").read_text()
COMPOSE = yaml.safe_load((RACINE / "docker-compose.yml").read_text())
EXEMPLE = (RACINE / ".env.exemple").read_text()
PAQUETS = set(tomllib.loads((RACINE / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"])
APPLICATION = ["web", "worker", "worker-pdf", "beat", "migrate"]

# --- L'image -----------------------------------------------------------------------------------------------------------


def contexte(ignores: str) -> list[str]:
    return list(Exclusions.lues(ignores).contexte(RACINE))


def test_l_image_porte_chaque_paquet_et_rien_d_autre():
    envoyes = {chemin.partition("/")[0] for chemin in contexte(IGNORES)}
    assert envoyes - PAQUETS == {"static", "templates", "manage.py", "requirements.prod.lock", "LICENSE"}
    assert envoyes >= PAQUETS
    nommes = {ligne.removeprefix("!") for ligne in IGNORES.splitlines() if ligne.startswith("!")}
    assert {nom for nom in nommes if not (RACINE / nom).exists()} == set(), "laissé passer, mais n'existe pas"


def test_un_paquet_oublie_se_voit_avant_le_demarrage(tmp_path):
    oubli = IGNORES.replace("!metiers\n", "").replace("!decp\n", "")
    copier(etapes((RACINE / "Dockerfile").read_text())[-1], contexte(oubli), tmp_path)
    copier(etapes((RACINE / "Dockerfile").read_text())[1], contexte(oubli), tmp_path)
    manquants = {faute.partition(" ")[0] for faute in imports_hors_du_verrou(tmp_path)}
    assert {"metiers", "decp"} <= manquants


def test_un_import_de_developpement_se_voit_avant_le_demarrage(tmp_path):
    (tmp_path / "requirements.prod.lock").write_text("django==6.1.3\n")
    (tmp_path / "module.py").write_text("import os\nimport django\nimport pytest\n")
    assert imports_hors_du_verrou(tmp_path) == ["pytest (importé par module.py)"]


@pytest.mark.parametrize(
    ("regles", "chemin", "exclu"),
    [
        ("*\n!socle", "socle/models/document.py", False),
        ("*\n!socle", ".env", True),
        ("*\n!socle\n**/*.py[cod]", "socle/models/document.pyc", True),
        ("*\n!socle\n**/__pycache__", "socle/__pycache__/x.txt", True),
        ("tests", "tests/socle/test_x.py", True),
        ("*.md\n!README.md", "README.md", False),
        ("*.md", "docs/etats.md", False),
    ],
)
def test_dockerignore_se_lit_comme_le_moteur(regles, chemin, exclu):
    assert Exclusions.lues(regles).excluent(chemin) is exclu


# --- Les réglages ------------------------------------------------------------------------------------------------------

DE_DEVELOPPEMENT = {"DEBUG", "COMPOSANTS"}
DE_L_IMAGE = {"VAR_DIR", "STATIC_ROOT", "PROMETHEUS_MULTIPROC_DIR"}  # posés par le Dockerfile
DE_COMPOSE = {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"}  # composés pour ses propres services
POUR_COMPOSE = {"POSTGRES_PASSWORD", "PORT", "COMPOSE_PROFILES"}


def reglages_lus() -> set[str]:
    return set(
        re.findall(r"""\benv(?:\.\w+)?\(\s*["'](\w+)["']""", (RACINE / "clauses_sociales/settings.py").read_text())
    )


def test_le_lisez_moi_documente_exactement_ce_qui_est_lu():
    tableau = re.search(r"\| variable \|.*?\n\n", (RACINE / "README.md").read_text(), re.DOTALL)
    noms = {
        nom
        for ligne in tableau[0].strip().splitlines()
        for nom in re.findall(r"`([A-Z0-9_]{3,})`", ligne.split("|")[1])
    }
    assert noms == reglages_lus()


@pytest.mark.parametrize("service", APPLICATION)
def test_compose_passe_chaque_reglage(service):
    assert set(COMPOSE["services"][service]["environment"]) == reglages_lus() - DE_DEVELOPPEMENT - DE_L_IMAGE


def test_l_exemple_donne_chaque_reglage_et_rien_d_autre():
    donnes = set(re.findall(r"(?m)^#?([A-Z0-9_]{3,})=", EXEMPLE))
    assert donnes == (reglages_lus() - DE_DEVELOPPEMENT - DE_L_IMAGE - DE_COMPOSE) | POUR_COMPOSE


def test_ce_que_l_on_ecrit_dans_env_arrive_a_l_application():
    ecrits = dict.fromkeys(re.findall(r"(?m)^#?([A-Z0-9_]{3,})=", EXEMPLE), "écrit")
    recus = reglages((RACINE / "docker-compose.yml").read_text(), ecrits)
    assert {nom: recus[nom] for nom in set(ecrits) - POUR_COMPOSE} == dict.fromkeys(set(ecrits) - POUR_COMPOSE, "écrit")


def test_un_reglage_en_commentaire_laisse_le_defaut_de_l_application():
    dotenv = lire_env(EXEMPLE) | {"SECRET_KEY": "x", "POSTGRES_PASSWORD": "x"}
    assert "HTTPS" not in reglages((RACINE / "docker-compose.yml").read_text(), dotenv)
    assert set(re.findall(r"\$\{(\w+):-", (RACINE / "docker-compose.yml").read_text())) == {"DERRIERE_PROXY", "PORT"}


def test_le_code_ne_lit_l_environnement_que_dans_ses_reglages():
    """Une variable lue ailleurs échapperait au tableau, à l'exemple et à compose."""
    lecteurs = [
        str(fichier.relative_to(RACINE))
        for paquet in PAQUETS
        for fichier in (RACINE / paquet).rglob("*.py")
        if re.search(r"os\.(environ\b(?!\.setdefault)|getenv)", fichier.read_text())
    ]
    assert lecteurs == ["clauses_sociales/settings_test.py"]


def test_une_variable_vide_vaut_son_defaut(monkeypatch):
    env = Environnement(vide_admis={"ADRESSES_URL"})
    monkeypatch.setattr(env, "ENVIRON", dict.fromkeys(["HTTPS", "CONN_MAX_AGE", "ALLOWED_HOSTS", "ADRESSES_URL"], ""))
    assert env.bool("HTTPS", default=True) is True
    assert env.int("CONN_MAX_AGE", default=60) == 60
    assert env.list("ALLOWED_HOSTS", default=["127.0.0.1"]) == ["127.0.0.1"]
    assert env("ADRESSES_URL", default="https://ailleurs") == ""


# --- Les bornes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", COMPOSE["services"])
def test_chaque_service_est_borne(service):
    decrit = COMPOSE["services"][service]
    assert decrit["mem_limit"]
    assert decrit["logging"]["options"].keys() == {"max-size", "max-file"}
    assert decrit["cap_drop"] == ["ALL"]
    assert decrit["security_opt"] == ["no-new-privileges:true"]
    assert service == "mandataire" or decrit["user"] in ("10001:10001", "postgres", "valkey")


@pytest.mark.parametrize("configuration", ["Caddyfile", "nginx.conf"])
def test_le_mandataire_attend_le_corps_et_tait_les_jetons(configuration):
    texte = (RACINE / "deploiement" / configuration).read_text()
    assert re.search(r"request_buffers 21MB|proxy_request_buffering on;", texte)
    assert re.search(r"max_size 21MB|client_max_body_size +21m;", texte)
    tus = re.search(r"/\(?(?:\?<porte>)?((?:[\w/-]+\|)+[\w/-]+)\)/", texte)[1]
    masque = re.compile(rf"/({tus})/[^/?]+")
    routes = [f"/{route.replace('^', '')}" for route, _ in vues(get_resolver().url_patterns)]
    a_jeton = [route for route in routes if re.search(r"<(str:)?(jeton|key)>", route)]
    assert len(a_jeton) >= 4
    assert [route for route in a_jeton if not masque.search(route)] == []


# --- Le corps des requêtes ---------------------------------------------------------------------------------------------


def demande(serveur: tuple[socket.socket, BinaryIO], longueur: int) -> dict:
    prise, flux = serveur
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": reverse("account_login"),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "HTTP_COOKIE": f"csrftoken={'a' * 32}",  # sans lui, le refus viendrait avant la lecture
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(longueur),
        "wsgi.input": flux,
        "wsgi.url_scheme": "http",
        "gunicorn.socket": prise,
    }


def lire_tout(environ, start_response):
    return [environ["wsgi.input"].read()]


@pytest.fixture
def prises():
    client, serveur = socket.socketpair()
    with client, serveur, serveur.makefile("rb") as flux:
        yield client, (serveur, flux)


def test_un_corps_entier_se_lit(prises):
    client, serveur = prises
    client.sendall(b"a=1&b=2")
    environ = demande(serveur, 7)
    assert CorpsBorne(lire_tout, 5)(environ, None) == [b"a=1&b=2"]
    assert environ["wsgi.input"].read() == b""


def test_un_corps_envoye_octet_par_octet_ne_retient_pas_le_fil(prises):
    client, serveur = prises
    fini, gouttes = threading.Event(), []

    def goutte_a_goutte():
        with contextlib.suppress(OSError):  # le serveur a coupé : c'est ce que l'on attend
            while not fini.wait(0.05):
                gouttes.append(client.send(b"a"))

    lent = threading.Thread(target=goutte_a_goutte)
    lent.start()
    try:
        with pytest.raises(CorpsCoupe):
            CorpsBorne(lire_tout, 0.3)(demande(serveur, 1000), None)
    finally:
        fini.set()
        lent.join()
    assert len(gouttes) < 1000  # abandonné sans attendre le corps annoncé


@pytest.mark.django_db
def test_un_formulaire_coupe_en_route_ne_s_enregistre_pas_a_moitie(prises):
    client, serveur = prises
    client.sendall(b"login=a@b.fr&password=x")
    client.close()
    statuts = []
    site = CorpsBorne(get_wsgi_application(), 5)
    list(site(demande(serveur, 4000), lambda statut, entetes, erreur=None: statuts.append(statut)))
    assert statuts == ["400 Bad Request"]


# --- L'installation ----------------------------------------------------------------------------------------------------

FAUX_PYTHON = """#!/bin/sh
case "$*" in *"-m venv"*) rm -rf .venv/*; exit 3 ;; esac
"""


def test_refaire_un_environnement_ne_vide_pas_celui_d_un_autre_dossier(tmp_path):
    """`.venv` n'est qu'un lien : « --clear » effacerait, à travers lui, l'environnement dont un autre se sert."""
    depot, ailleurs = tmp_path / "depot", tmp_path / "ailleurs"
    shutil.copytree(RACINE / "scripts", depot / "scripts")
    (depot / "requirements.lock").touch()
    (ailleurs / "bin").mkdir(parents=True)
    faux = ailleurs / "bin" / "python"
    faux.write_text(FAUX_PYTHON)
    faux.chmod(0o755)
    (ailleurs / ".verrou").write_text("1 0 /un/autre/dossier\n")
    (depot / ".venv").symlink_to(ailleurs)
    environnement = {"PATH": os.environ["PATH"], "PYTHON": str(faux)}
    sortie = subprocess.run(
        ["sh", depot / "scripts" / "installer.sh"], env=environnement, capture_output=True, text=True
    )
    assert "vient d'un autre dossier" in sortie.stderr
    assert (ailleurs / ".verrou").exists() and faux.exists()
    assert not (depot / ".venv").is_symlink()


# --- Sans conteneurs ---------------------------------------------------------------------------------------------------

UNITES = sorted((RACINE / "deploiement/systemd").iterdir())
SERVICES = {
    "clauses-web": "web",
    "clauses-worker": "worker",
    "clauses-worker-pdf": "worker-pdf",
    "clauses-beat": "beat",
}
PROPRES = ("--bind", "--hostname", "--schedule")  # l'adresse d'écoute, le nom de la machine, le dossier d'exécution


def lire_unite(nom: str) -> dict[str, list[str]]:
    valeurs: dict[str, list[str]] = {}
    for cle, valeur in re.findall(r"(?m)^(\w+)=(.*)$", (RACINE / "deploiement/systemd" / nom).read_text()):
        valeurs.setdefault(cle, []).append(valeur)
    return valeurs


def options(commande: list[str]) -> set[str]:
    return {mot for mot in commande if mot.startswith("--") and not mot.startswith(PROPRES)}


@pytest.mark.parametrize(("unite", "service"), SERVICES.items())
def test_une_unite_lance_ce_que_lance_compose(unite, service):
    lue, compose = lire_unite(f"{unite}.service"), COMPOSE["services"][service]
    image = etapes((RACINE / "Dockerfile").read_text())[-1].demarrage
    assert options(lue["ExecStart"][0].split()) == options(compose.get("command", image))
    megas = {"g": 1024, "m": 1}
    posee, voulue = lue["MemoryMax"][0].lower(), compose["mem_limit"]
    assert int(posee[:-1]) * megas[posee[-1]] == int(voulue[:-1]) * megas[voulue[-1]]
    assert lue["User"] == ["clauses"] and lue["NoNewPrivileges"] == ["true"]


@pytest.mark.parametrize("unite", UNITES, ids=lambda chemin: chemin.name)
def test_systemd_lit_chaque_unite(unite):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd n'est pas sur cette machine")
    lu = subprocess.run(["systemd-analyze", "verify", unite], capture_output=True, text=True, check=False)
    ailleurs = ("not found", "not executable", "No such file")  # ce qui n'est installé qu'en service
    fautes = [
        ligne for ligne in lu.stderr.splitlines() if unite.name in ligne and not any(m in ligne for m in ailleurs)
    ]
    assert fautes == []


def test_chaque_minuteur_lance_une_commande_qui_existe():
    for minuteur in (unite for unite in UNITES if unite.suffix == ".timer"):
        commande = lire_unite(f"{minuteur.stem}.service")["ExecStart"][0].split()
        assert commande[2] in get_commands(), minuteur.name
