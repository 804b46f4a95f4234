"""Ce que coûte un bilan dans un monde de la taille du pays : l'assembler, l'écrire, et ce qu'en sentent les autres.

`DATABASE_URL=postgres://… CELERY_BROKER_URL=redis://… .venv/bin/python -m bench.bilan` ; le monde se construit la première
fois. Chaque rapport se prend dans le même tour que son plancher :

- assembler : les mêmes lignes lues en SQL à la main ;
- le PDF : WeasyPrint seul, `HTML(…).write_pdf(…)` sur le même HTML, avec les mêmes feuilles déjà analysées, la même norme et
  les mêmes couleurs. Il reste à notre charge de faire ce HTML (phrases, dessins, gabarit), les pièces jointes, et tout ce
  qu'on finit après WeasyPrint. Tour à tour, en temps de processeur : une machine partagée n'y change rien ;
- les listes : des lecteurs les ouvrent sur un vrai gunicorn, au repos puis pendant que deux bilans demandés ensemble se
  fabriquent dans un vrai travailleur de la file « pdf », à la priorité qu'il a en service. Repos et fabrication alternent.
"""

import gc
import http.client
import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import monde
from bench.mesures import duree, sql
from bench.serveur import gunicorn
from bench.travailleur import travailleur
from clauses_sociales.celery import app
from comptes.acteur import Acteur
from comptes.models import Organisation, Utilisateur
from reporting.bilan.publication import a_publier
from reporting.bilan.sources import figer
from reporting.bilan.synthese import lire, synthese
from reporting.donnees import DonneesBilan
from reporting.enums import Presentation
from reporting.lecture.perimetre import Perimetre
from reporting.rendu.classeur import ecrire_classeur
from reporting.rendu.pdf.document import FEUILLES, GABARIT, contexte, rendre_bilan
from reporting.services import preparer_bilan
from socle import pdf as ecriture
from socle.enums import EtatDocument
from socle.models import Document
from socle.periodes import Periode

TOURS = 9
ALTERNANCES, REPOS = 3, 15.0  # combien de fois repos et fabrication se suivent ; les secondes d'un repos
LECTEURS, LECTURE = 4, 0.2  # chacun regarde sa liste ces secondes-là avant d'ouvrir la suivante
RETRAIT = 6  # un quart de part de processeur, comme `cpu_shares` dans docker-compose.yml
LISTES = ("marches:liste", "beneficiaires:liste", "entreprises:liste", "recrutement:contrats")
DELAI = 300.0
LIGNES = """
    SELECT h.id, h.contrat_id, h.mois, h.heures, c.beneficiaire_id, c.engagement_id, c.modalite, c.type_contrat, c.debut
    FROM declarations_ligneheures h JOIN declarations_declaration d ON d.id = h.declaration_id
    JOIN recrutement_contrat c ON c.id = h.contrat_id
    WHERE c.structure_id = %s AND d.statut = 'validee'"""


# --- Assembler, écrire ----------------------------------------------------------------------------------------------
def assemblage(structure: Organisation) -> None:
    perimetre = Perimetre.annuel(structure, monde.ANNEE)
    with CaptureQueriesContext(connection) as requetes:
        synthese(perimetre)
    print(f"assembler : {len(requetes)} requêtes")
    plancher = duree(sql(LIGNES, structure.pk))
    for nom, geste in (
        ("les données d'un bilan", lambda: synthese(perimetre)),
        ("les lignes de chaque chiffre", lambda: figer(lire(perimetre))),
    ):
        mesure = duree(geste)
        print(f"{nom:<34}{mesure:>9.1f} ms  {mesure / plancher:>6.1f} × les mêmes lignes en SQL ({plancher:.1f} ms)")


def weasyprint_seul(html: str) -> bytes:
    moteur = ecriture._moteur()
    polices, styles = ecriture._styles(FEUILLES)
    document = moteur.HTML(string=html, base_url=ecriture.RACINE_STATIQUE, url_fetcher=moteur.lecteur({}))
    return document.write_pdf(
        stylesheets=styles,
        font_config=polices,
        pdf_variant=ecriture.VARIANTE,
        color_profiles={ecriture.COULEURS: moteur.couleurs()},
        output_intent=ecriture.COULEURS,
    )


def documents(donnees: DonneesBilan) -> None:
    html = render_to_string(GABARIT, {"bilan": contexte(donnees, Presentation.EXACTE)})
    plancher, notre = tour_a_tour(
        lambda: weasyprint_seul(html),
        lambda: rendre_bilan(donnees, Presentation.EXACTE),
    )
    print(
        f"{'le PDF fini, données jointes':<34}{notre:>9.0f} ms  {notre / plancher:>6.2f} × WeasyPrint seul ({plancher:.0f} ms)"
    )
    print(f"{'le classeur':<34}{duree(lambda: ecrire_classeur(donnees)):>9.0f} ms")


def tour_a_tour(*gestes: Callable[[], object]) -> list[float]:
    """La médiane du temps de processeur de chaque geste, en millisecondes, après un tour à blanc."""
    durees: list[list[float]] = [[] for _ in gestes]
    for tour in range(TOURS + 1):
        for geste, siennes in zip(gestes, durees, strict=True):
            gc.collect()  # que nul ne ramasse les miettes de l'autre
            debut = time.process_time()
            geste()
            if tour:
                siennes.append((time.process_time() - debut) * 1000)
    return [statistics.median(siennes) for siennes in durees]


# --- Ce qu'en sentent les autres ------------------------------------------------------------------------------------
class Lecteur(threading.Thread):
    """Ouvre les listes l'une après l'autre, sur une seule connexion, jusqu'à ce qu'on l'arrête."""

    def __init__(self, port: int, temoin: str, rang: int):
        super().__init__(daemon=True)
        self.prise = http.client.HTTPConnection("127.0.0.1", port, timeout=DELAI)
        self.temoin, self.rang = temoin, rang
        self.fini = threading.Event()
        self.durees: list[float] = []

    def run(self) -> None:
        adresses = [reverse(liste) for liste in LISTES]
        while not self.fini.wait(LECTURE):
            self.rang += 1
            debut = time.perf_counter()
            self.prise.request("GET", adresses[self.rang % len(adresses)], headers={"Cookie": self.temoin})
            reponse = self.prise.getresponse()
            reponse.read()
            self.durees.append((time.perf_counter() - debut) * 1000)
            assert reponse.status == 200, reponse.status


def ouvrir_pendant(port: int, temoin: str, attente: Callable[[], None], lecteurs: int = LECTEURS) -> list[float]:
    """Les durées des listes ouvertes pendant cette attente, en millisecondes."""
    tous = [Lecteur(port, temoin, rang) for rang in range(lecteurs)]
    for lecteur in tous:
        lecteur.start()
    attente()
    for lecteur in tous:
        lecteur.fini.set()
    for lecteur in tous:
        lecteur.join(DELAI)
    return [duree for lecteur in tous for duree in lecteur.durees]


def fabriquer_deux_bilans() -> None:
    """Deux structures demandent leur bilan au même instant ; revient quand les deux PDF sont prêts."""
    structures = Organisation.objects.filter(slug__in=[monde.SLUG.format(rang) for rang in (0, 1)])
    demandes: list[Any] = [
        preparer_bilan(acteur=Acteur.systeme(structure), periode=Periode.annee(monde.ANNEE)).document_id
        for structure in structures
    ]
    fin = time.monotonic() + DELAI
    while Document.objects.filter(pk__in=demandes, etat=EtatDocument.PRET).count() < len(demandes):
        assert time.monotonic() < fin, "les bilans ne sont pas prêts à temps"
        time.sleep(0.2)


def voisinage() -> None:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(Utilisateur.objects.get(email=monde.COURRIEL))
    temoin = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    app.control.purge()
    au_repos: list[float] = []
    pendant: list[float] = []
    fabrications: list[float] = []
    with gunicorn() as serveur, travailleur({}, files="pdf", retrait=RETRAIT) as processus:
        # Chaque processus charge d'abord ce qu'il garde : il faut assez de connexions pour les toucher tous.
        ouvrir_pendant(serveur.port, temoin, lambda: time.sleep(REPOS), lecteurs=6 * LECTEURS)
        fabriquer_deux_bilans()
        for _ in range(ALTERNANCES):
            au_repos += ouvrir_pendant(serveur.port, temoin, lambda: time.sleep(REPOS))
            debut = time.perf_counter()
            pendant += ouvrir_pendant(serveur.port, temoin, fabriquer_deux_bilans)
            fabrications.append(time.perf_counter() - debut)
        memoire = plus_haute_memoire(processus)
    print(f"deux bilans demandés ensemble sont prêts en {statistics.median(fabrications):.1f} s")
    print(f"mémoire la plus haute du travailleur : {memoire} Mo")
    reference = centile(au_repos, 99)
    for nom, durees in (("listes au repos", au_repos), ("listes pendant deux bilans", pendant)):
        p50, p99 = centile(durees, 50), centile(durees, 99)
        print(f"{nom:<34}{p99:>9.0f} ms au p99, {p50:.0f} au p50, {len(durees)} ouvertures  {p99 / reference:>6.2f} ×")


def centile(durees: list[float], rang: int) -> float:
    return statistics.quantiles(durees, n=100)[rang - 1]


def plus_haute_memoire(processus: subprocess.Popen) -> int:
    """En mégaoctets, celle du processus enfant qui met en page."""
    (enfant,) = Path(f"/proc/{processus.pid}/task/{processus.pid}/children").read_text().split()
    etat = dict(ligne.split(":", 1) for ligne in Path(f"/proc/{enfant}/status").read_text().splitlines())
    return int(etat["VmHWM"].split()[0]) // 1024


def afficher() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not monde.existe():
        print("Construction du monde (une fois)…", flush=True)
        monde.construire()
    print(connection.vendor)
    structure = Organisation.objects.get(slug=monde.SLUG.format(0))
    assemblage(structure)
    documents(a_publier(synthese(Perimetre.annuel(structure, monde.ANNEE))))
    voisinage()


if __name__ == "__main__":
    afficher()
