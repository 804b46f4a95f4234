"""Ce que coûte un bilan dans un monde de la taille du pays : l'assembler, l'écrire, et ce qu'en sentent les autres.

Planchers du même tour : les mêmes lignes lues en SQL à la main ; WeasyPrint nu sur le même HTML, avec les mêmes balises. Le
dernier relevé ouvre une liste sans arrêt, d'abord seule, puis pendant que deux bilans se fabriquent l'un après l'autre dans
un processus à la priorité la plus basse, comme le fait le travailleur de la file « pdf ».
`DATABASE_URL=… .venv/bin/python -m bench.bilan` ; le monde se construit la première fois.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import monde
from bench.mesures import duree, page, sql
from comptes.models import Organisation, Utilisateur
from reporting.classeur import ecrire_classeur
from reporting.donnees import DonneesBilan
from reporting.enums import Presentation
from reporting.pdf import FEUILLES, GABARIT, contexte, rendre_bilan
from reporting.perimetre import Perimetre
from reporting.publication import a_publier
from reporting.sources import figer
from reporting.synthese import lire, synthese
from socle import pdf as ecriture

OUVERTURES = 300
LIGNES = """
    SELECT h.id, h.contrat_id, h.mois, h.heures, c.beneficiaire_id, c.engagement_id, c.modalite, c.type_contrat, c.debut
    FROM suivi_ligneheures h JOIN suivi_declaration d ON d.id = h.declaration_id JOIN recrutement_contrat c ON c.id = h.contrat_id
    WHERE c.structure_id = %s AND d.statut = 'validee'"""


def weasyprint_nu(html: str) -> bytes:
    """Le même HTML et les mêmes feuilles, sans rien garder d'un rendu à l'autre ni rien finir."""
    moteur = ecriture._moteur()
    polices = moteur.FontConfiguration()
    styles = [
        moteur.CSS(
            string=ecriture.lire_ressource(ecriture.RACINE_STATIQUE + feuille)[0].decode(),
            base_url=ecriture.RACINE_STATIQUE + feuille,
            url_fetcher=moteur.lecteur,
            font_config=polices,
        )
        for feuille in FEUILLES
    ]
    document = moteur.HTML(string=html, base_url=ecriture.RACINE_STATIQUE, url_fetcher=moteur.lecteur)
    return document.write_pdf(stylesheets=styles, font_config=polices, pdf_variant=ecriture.VARIANTE, pdf_tags=True)


def donnees() -> DonneesBilan:
    structure = Organisation.objects.get(slug=monde.SLUG.format(0))
    return a_publier(synthese(Perimetre.annuel(structure, monde.ANNEE)))


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


def documents() -> None:
    lues = donnees()
    html = render_to_string(GABARIT, {"bilan": contexte(lues, Presentation.EXACTE)})
    plancher = duree(lambda: weasyprint_nu(html))
    notre = duree(lambda: rendre_bilan(lues, Presentation.EXACTE))
    print(f"{'le PDF, balisé, fini':<34}{notre:>9.0f} ms  {notre / plancher:>6.2f} × WeasyPrint nu ({plancher:.0f} ms)")
    print(f"{'le classeur':<34}{duree(lambda: ecrire_classeur(lues)):>9.0f} ms")
    print(f"mémoire la plus haute : {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} Mo")


def centiles(geste: Callable[[], None]) -> tuple[float, float]:
    """La médiane et le 99e centile, en millisecondes."""
    durees = []
    for _ in range(OUVERTURES):
        debut = time.perf_counter()
        geste()
        durees.append((time.perf_counter() - debut) * 1000)
    durees.sort()
    return durees[OUVERTURES // 2], durees[OUVERTURES * 99 // 100]


def voisinage() -> None:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(Utilisateur.objects.get(email=monde.COURRIEL))
    ouvrir = page(client, reverse("marches:liste"))
    ouvrir()
    _, seule = centiles(ouvrir)
    fabrique = subprocess.Popen(["nice", "-n", "19", sys.executable, "-m", "bench.bilan", "--fabriquer"])
    time.sleep(3)  # le temps que Python et WeasyPrint se chargent : on mesure le rendu
    mediane, pendant = centiles(ouvrir)
    finie = fabrique.poll() is not None
    fabrique.wait()
    rapport = f"{pendant:.0f} ms pendant deux bilans ({pendant / seule:.2f} ×), médiane {mediane:.0f} ms"
    print(f"une liste, p99 : {seule:.0f} ms seule, {rapport}")
    if finie:
        print("les bilans ont fini avant la fin de la mesure : le rapport est flatteur")


def afficher() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not monde.existe():
        print("Construction du monde (une fois)…", flush=True)
        monde.construire()
    print(connection.vendor)
    assemblage(Organisation.objects.get(slug=monde.SLUG.format(0)))
    documents()
    voisinage()


if __name__ == "__main__":
    if "--fabriquer" in sys.argv:
        lues = donnees()
        for _ in range(6):  # trois fois deux bilans : la mesure doit finir avant eux
            rendre_bilan(lues, Presentation.EXACTE)
    else:
        afficher()
