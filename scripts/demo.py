"""Sert le monde de démonstration : base à jour, données, fichiers statiques, puis serveur web et file de travaux.

Lancé par `make demo`. PORT, DATABASE_URL et CELERY_BROKER_URL sont respectés. Ctrl-C, ou SIGTERM, arrête tout.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import FrameType
from typing import NoReturn

RACINE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or RACINE / "var")
SIGNAUX_ARRET = [signal.SIGINT, signal.SIGTERM]
if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # sous nohup, fermer le terminal n'arrête rien
    SIGNAUX_ARRET.append(signal.SIGHUP)
DELAI_DEMARRAGE = 60.0
DELAI_ARRET = 10.0
RELANCES_MAX = 20


FILE = "La file de travaux"
RELANCES: list[int] = []


class Arret(Exception):
    """L'utilisateur a demandé l'arrêt."""


def echouer(message: str) -> NoReturn:
    sys.exit(f"✗ {message}")


def demander_arret(_numero: int, _cadre: FrameType | None) -> NoReturn:
    raise Arret


def port_choisi() -> int:
    """Le port demandé, vérifié libre : --reuse-port laisserait deux serveurs se partager les visiteurs en silence."""
    texte = os.environ.get("PORT") or "8000"
    if not texte.isdecimal() or not 0 < int(texte) < 65536:
        echouer(f"PORT={texte} n'est pas un numéro de port (1 à 65535).")
    port = int(texte)
    with socket.socket() as prise:
        prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            prise.bind(("127.0.0.1", port))
        except PermissionError:
            echouer(f"Le port {port} est réservé à l'administrateur. Choisissez-en un autre : make demo PORT=8010")
        except OSError:
            libre = port + 1 if port < 65535 else 8010
            echouer(f"Le port {port} est déjà occupé. Choisissez-en un autre : make demo PORT={libre}")
    return port


def gerer(*arguments: str, conseil: str = "") -> str:
    """Exécute une commande de manage.py et rend ce qu'elle imprime ; son échec arrête la démonstration, avec un conseil."""
    commande = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=RACINE, stdout=subprocess.PIPE, text=True, check=False
    )
    if commande.returncode:
        print(commande.stdout, file=sys.stderr)
        echouer(f"« manage.py {' '.join(arguments)} » a échoué (voir ci-dessus). {conseil}".rstrip())
    return commande.stdout.strip()


def preparer() -> str:
    """Met la base à jour, charge le monde de démonstration, rassemble les fichiers statiques ; rend les comptes."""
    VAR.mkdir(mode=0o700, parents=True, exist_ok=True)
    VAR.chmod(0o700)
    print("→ base de données", flush=True)
    ancienne = f"Si cette base vient d'une version plus ancienne, effacez {VAR} : la démonstration se refait."
    gerer("migrate", "--no-input", "--verbosity=0", conseil=ancienne)
    print("→ monde de démonstration", flush=True)
    comptes = gerer("demo")
    rassembler_statiques()
    return comptes


def rassembler_statiques() -> None:
    """Rassemble et compresse les fichiers statiques, sauf si rien n'a changé depuis la dernière fois."""
    sources = [*RACINE.glob("static/**/*"), *RACINE.glob("clauses_sociales/s*.py"), RACINE / "requirements.lock"]
    etat = "\n".join(sorted(f"{source} {source.stat().st_mtime_ns}" for source in sources))
    temoin = VAR / "statiques.txt"
    if (VAR / "static").is_dir() and temoin.is_file() and temoin.read_text() == etat:
        return
    print("→ fichiers statiques", flush=True)
    gerer("collectstatic", "--no-input", "--verbosity=0")
    temoin.write_text(etat)


# Un essai sur sa machine, parfois en administrateur (conteneur) : l'avertissement de Celery n'y apprend rien à personne.
ENVIRONNEMENT = os.environ | {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}


def dire_l_adresse(url: str) -> None:
    """L'adresse du site, aux commandes comme aux programmes lancés : elle s'écrit dans les courriels et les PDF."""
    ENVIRONNEMENT["SITE_URL"] = os.environ.setdefault("SITE_URL", url)


def lancer(module: str, *arguments: str, retrait: int = 0) -> subprocess.Popen[bytes]:
    """`retrait`, de 0 à 19 : combien il s'efface devant les autres quand le processeur manque."""
    # Chacun dans son groupe : Ctrl-C n'atteint que ce programme, qui arrête les autres en ordre et une seule fois. Tous
    # dans la même session : Linux partage d'abord le processeur entre les sessions, `nice` ne joue qu'à l'intérieur.
    commande = ["nice", "-n", str(retrait), sys.executable, "-m", module, *arguments]
    return subprocess.Popen(commande, cwd=RACINE, env=ENVIRONNEMENT, process_group=0)


def serveur_web(port: int) -> subprocess.Popen[bytes]:
    options = ["--worker-class=gthread", "--workers=2", "--threads=4", "--reuse-port", "--log-level=warning"]
    return lancer("gunicorn", *options, f"--bind=127.0.0.1:{port}", "clauses_sociales.wsgi:application")


def file_de_travaux() -> subprocess.Popen[bytes]:
    """Un seul processus tient les deux files et le calendrier périodique ; un bilan n'y ralentit pas les pages."""
    options = ["--pool=threads", "--concurrency=2", "--queues=celery,pdf", "--loglevel=WARNING"]
    calendrier = ["--beat", f"--schedule={VAR / 'calendrier'}"]
    discretion = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return lancer(
        "celery", "--quiet", "-A", "clauses_sociales", "worker", *options, *calendrier, *discretion, retrait=6
    )


def service_d_adresses() -> tuple[subprocess.Popen[bytes], str]:
    """La doublure de la Base adresse nationale, sur un port libre : la démonstration n'a pas besoin d'internet."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port = prise.getsockname()[1]
    return lancer_gestion("doublure_adresses", f"--port={port}"), f"http://127.0.0.1:{port}"


def lancer_gestion(commande: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", commande, *arguments],
        cwd=RACINE,
        env=ENVIRONNEMENT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )


def attendre_reponse(url: str, enfants: dict[str, subprocess.Popen[bytes]]) -> None:
    fin = time.monotonic() + DELAI_DEMARRAGE
    while time.monotonic() < fin:
        verifier_vivants(enfants)
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/sante/", timeout=2):
            return
        time.sleep(0.2)
    echouer(f"Le site ne répond pas sur {url} après {DELAI_DEMARRAGE:.0f} secondes.")


def verifier_vivants(enfants: dict[str, subprocess.Popen[bytes]]) -> None:
    """Arrête tout si le site meurt. La file, elle, se relance : ce qui est dû est une ligne de la base, qu'elle reprendra.

    Sa boîte de fichiers, faite pour un essai sans installation, peut lire un message avant qu'il soit écrit, et en mourir.
    """
    for nom, enfant in enfants.items():
        if enfant.poll() is None:
            continue
        if nom == FILE and len(RELANCES) < RELANCES_MAX:
            RELANCES.append(enfant.returncode)
            print("→ la file de travaux repart", flush=True)
            enfants[nom] = file_de_travaux()
        else:
            echouer(f"{nom} s'est arrêté tout seul (code {enfant.returncode}) ; la démonstration s'arrête.")


def arreter(enfants: dict[str, subprocess.Popen[bytes]]) -> None:
    """Demande l'arrêt à chacun, puis l'impose au groupe entier de qui n'a pas fini à temps."""
    for enfant in enfants.values():
        if enfant.poll() is None:
            enfant.terminate()
    fin = time.monotonic() + DELAI_ARRET
    for enfant in enfants.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            enfant.wait(max(0.1, fin - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(enfant.pid, signal.SIGKILL)


def main() -> None:
    os.umask(0o077)
    port = port_choisi()
    url = f"http://127.0.0.1:{port}"
    dire_l_adresse(url)
    for numero in SIGNAUX_ARRET:
        signal.signal(numero, demander_arret)
    enfants: dict[str, subprocess.Popen[bytes]] = {}
    try:
        comptes = preparer()
        if "ADRESSES_URL" not in os.environ:
            enfants["Le service d'adresses"], ENVIRONNEMENT["ADRESSES_URL"] = service_d_adresses()
        enfants["Le serveur web"] = serveur_web(port)
        enfants[FILE] = file_de_travaux()
        attendre_reponse(url, enfants)
        print(f"\n{comptes}\n\nLe site répond : {url}\nCtrl-C pour arrêter.", flush=True)
        while True:
            verifier_vivants(enfants)
            time.sleep(1)
    except Arret:
        print("\n→ arrêt…", flush=True)
    finally:
        for numero in SIGNAUX_ARRET:
            signal.signal(numero, signal.SIG_IGN)
        arreter(enfants)


if __name__ == "__main__":
    main()
