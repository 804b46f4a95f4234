"""Ce que coûtent les pages et les chiffres d'une structure dans un monde de la taille du pays, rapporté à un plancher.

Le plancher est fait à la main et mesuré dans le même tour, sur la même machine : c'est le rapport qui se compare.
`DATABASE_URL=… .venv/bin/python -m bench.mesures` ; le monde se construit la première fois.
"""

import os
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from shapely import Point, STRtree, points

from bench import monde
from comptes.models import Organisation, Utilisateur
from marches.models import Marche
from reporting.bilan.synthese import synthese
from reporting.calcul.registre import INDICATEURS
from reporting.lecture.lignes import charger
from reporting.lecture.perimetre import Perimetre
from socle.periodes import Periode
from territoires.geometrie.index import IndexQuartiers

TOURS = 7
LISTE = """
    SELECT m.reference, m.objet, o.nom, m.statut, m.fin_prevue,
        SUM(e.heures_initiales + e.heures_avenants), SUM(e.heures_realisees)
    FROM marches_marche m JOIN marches_maitreouvrage o ON o.id = m.maitre_ouvrage_id
    LEFT JOIN marches_lot l ON l.marche_id = m.id LEFT JOIN marches_engagement e ON e.lot_id = l.id
    WHERE m.structure_id = %s GROUP BY m.id, o.nom ORDER BY m.debut DESC, m.reference DESC LIMIT 50"""
CHIFFRES = """
    SELECT SUM(h.heures), COUNT(DISTINCT c.beneficiaire_id), COUNT(DISTINCT c.id)
    FROM declarations_ligneheures h JOIN declarations_declaration d ON d.id = h.declaration_id
    JOIN recrutement_contrat c ON c.id = h.contrat_id
    WHERE c.structure_id = %s AND d.statut = 'validee' AND h.mois BETWEEN %s AND %s"""


def duree(geste: Callable[[], object]) -> float:
    """La meilleure de quelques durées, en millisecondes, après un tour à blanc."""
    geste()
    durees = []
    for _ in range(TOURS):
        debut = time.perf_counter()
        geste()
        durees.append((time.perf_counter() - debut) * 1000)
    return min(durees)


def sql(requete: str, *parametres: Any) -> Callable[[], list]:
    def executer() -> list:
        with connection.cursor() as curseur:
            curseur.execute(requete, parametres)
            return curseur.fetchall()

    return executer


def page(client: Client, adresse: str) -> Callable[[], None]:
    def ouvrir() -> None:
        assert client.get(adresse).status_code == 200, adresse

    return ouvrir


def mesures() -> list[tuple[str, float, str, float]]:
    structure = Organisation.objects.get(slug=monde.SLUG.format(0))
    annee = Periode.annee(monde.ANNEE)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(Utilisateur.objects.get(email=monde.COURRIEL))
    liste = duree(sql(LISTE, structure.pk))
    chiffres = duree(sql(CHIFFRES, structure.pk, annee.debut, annee.fin))
    rien = duree(page(client, reverse("accessibilite")))
    marche = Marche.objects.filter(structure=structure).first()
    assert marche is not None

    def indicateurs() -> None:
        releve = charger(structure, annee)
        for indicateur in INDICATEURS:
            indicateur(releve)

    return [
        ("page : liste des marchés, 50 lignes", duree(page(client, reverse("marches:liste"))), "page vide", rien),
        ("page : fiche d'un marché", duree(page(client, marche.get_absolute_url())), "page vide", rien),
        ("page : liste des bénéficiaires", duree(page(client, reverse("beneficiaires:liste"))), "page vide", rien),
        ("page : à faire", duree(page(client, reverse("accueil"))), "page vide", rien),
        (
            "page : l'année en chiffres",
            duree(page(client, f"{reverse('reporting:annee')}?annee={monde.ANNEE}")),
            "page vide",
            rien,
        ),
        ("requête : liste des marchés avec leurs heures", _liste(structure), "SQL à la main", liste),
        ("les 22 indicateurs d'une année", duree(indicateurs), "SQL à la main, trois chiffres", chiffres),
        (
            "données d'un bilan",
            duree(lambda: synthese(Perimetre.annuel(structure, monde.ANNEE))),
            "SQL à la main, trois chiffres",
            chiffres,
        ),
        ("10 000 points dans 1 500 quartiers", *_quartiers()),
    ]


def _liste(structure: Organisation) -> float:
    marches = Marche.objects.filter(structure=structure).select_related("maitre_ouvrage").avec_heures()
    return duree(lambda: list(marches[:50]))


def _quartiers() -> tuple[float, str, float]:
    """Notre index et ses règles (bord, distance) contre l'arbre de Shapely seul."""
    contours = [Point(n % 50, n // 50).buffer(0.3, 32) for n in range(1500)]
    cibles = [(n % 500 / 10, n // 500) for n in range(10_000)]
    arbre = STRtree(contours)
    plancher = duree(lambda: arbre.query(points(cibles), predicate="intersects"))
    index = IndexQuartiers(enumerate(contours))
    notre = duree(lambda: [index.quartier_contenant(longitude, latitude) for longitude, latitude in cibles])
    return notre, "arbre seul, tout d'un coup", plancher


def afficher() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not monde.existe():
        print("Construction du monde (une fois)…", flush=True)
        debut = time.perf_counter()
        monde.construire()
        print(f"construit en {time.perf_counter() - debut:.0f} s")
    print(f"{connection.vendor}\n{'mesure':<48}{'ms':>9}{'plancher':>11}{'rapport':>9}")
    for nom, valeur, contre, plancher in mesures():
        print(f"{nom:<48}{valeur:>9.1f}{plancher:>11.2f}{valeur / plancher:>8.1f}×  ({contre})")


if __name__ == "__main__":
    afficher()
