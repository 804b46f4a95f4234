"""Classer 50 000 personnes pour une offre, 500 offres pour une personne : la durée, et son rapport à la lecture seule.

DATABASE_URL=sqlite:////tmp/banc.sqlite3 python -m bench.rapprochement
"""

import datetime
import os
import random
import statistics
import time
import uuid

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction

from beneficiaires.models import Beneficiaire, Critere, Domicile, RattachementQuartier
from comptes.acteur import Acteur
from comptes.services import creer_structure
from entreprises.models import Entreprise, FicheEntreprise
from marches.models import Engagement, Lot, MaitreOuvrage, Marche
from metiers.importation import installer_metiers_courants
from metiers.models import Metier
from recrutement.models import Offre
from recrutement.rapprochement import offres_pour, personnes_pour
from territoires.models import Commune

PERSONNES, OFFRES, TOURS = 50_000, 500, 5
SLUG = "banc-rapprochement"
JOUR = datetime.date(2026, 12, 1)


@transaction.atomic
def construire(hasard: random.Random) -> None:
    installer_metiers_courants()
    metiers = list(Metier.objects.order_by("pk"))
    structure = creer_structure(acteur=Acteur.exploitant(), slug=SLUG, nom="Banc")
    commune = Commune.objects.create(code_insee="50129", nom="Cherbourg-en-Cotentin", code_departement="50")
    personnes = Beneficiaire.objects.bulk_create(
        Beneficiaire(
            structure=structure,
            identifiant=f"B-{rang}",
            nom="Nom",
            prenom="Prénom",
            nom_plie="nom prenom",
            date_naissance=datetime.date(1995, 1, 1),
            sexe="FH"[rang % 2],
            disponible_le=JOUR + datetime.timedelta(days=hasard.randint(-60, 60)),
            rayon_km=hasard.choice((None, 10, 30)),
        )
        for rang in range(PERSONNES)
    )
    liens = Beneficiaire.metiers.through
    liens.objects.bulk_create(liens(beneficiaire=p, metier=hasard.choice(metiers)) for p in personnes if p.pk % 4)
    Critere.objects.bulk_create(Critere(beneficiaire=p, code="RSA", principal=True) for p in personnes if p.pk % 10)
    domiciles = Domicile.objects.bulk_create(
        Domicile(
            beneficiaire=p,
            commune=commune,
            latitude=hasard.uniform(49.3, 49.7),
            longitude=hasard.uniform(-1.9, -1.3),
        )
        for p in personnes
    )
    RattachementQuartier.objects.bulk_create(
        RattachementQuartier(domicile=d, millesime=2024, statut="non", origine="polygone") for d in domiciles
    )
    _offres(hasard, structure, metiers, commune)


def _offres(hasard: random.Random, structure, metiers: list[Metier], commune: Commune) -> None:
    acheteur = MaitreOuvrage.objects.create(nom="Ville", siret="21500129700011")
    entreprise = Entreprise.objects.create(siret="73282932000074", raison_sociale="Bâtisseurs")
    FicheEntreprise.objects.create(structure=structure, entreprise=entreprise)
    marche = Marche.objects.create(
        structure=structure,
        reference="B-1",
        objet="Banc",
        maitre_ouvrage=acheteur,
        nature="travaux",
        type_clause="condition",
        statut="execution",
        debut=JOUR,
        fin_prevue=JOUR.replace(year=2028),
    )
    engagement = Engagement.objects.create(lot=Lot.objects.create(marche=marche, numero="1"), entreprise=entreprise)
    Offre.objects.bulk_create(
        Offre(
            structure=structure,
            engagement=engagement,
            intitule="Poste",
            metier=hasard.choice(metiers),
            debut=JOUR + datetime.timedelta(days=rang % 30),
            commune=commune,
            latitude=49.63,
            longitude=-1.62,
            statut="diffusee",
            secret=uuid.uuid4().hex,
        )
        for rang in range(OFFRES)
    )


def mediane(geste) -> float:
    durees = []
    for _ in range(TOURS):
        debut = time.perf_counter()
        geste()
        durees.append((time.perf_counter() - debut) * 1000)
    return statistics.median(durees)


def main() -> None:
    call_command("migrate", verbosity=0)
    if not Beneficiaire.objects.filter(structure__slug=SLUG).exists():
        construire(random.Random(50))
        with connection.cursor() as curseur:
            curseur.execute("ANALYZE")
    offre = Offre.objects.filter(structure__slug=SLUG).avec_contexte().select_related("structure").first()
    personne = Beneficiaire.objects.filter(structure__slug=SLUG, pk__gt=0).first()
    assert offre is not None and personne is not None
    acteur = Acteur.systeme(offre.structure)
    lire = Beneficiaire.objects.filter(structure=offre.structure).values_list("pk", "disponible_le", "rayon_km")
    plancher = mediane(lambda: list(lire.all()))
    classement = mediane(lambda: personnes_pour(offre))
    offres = mediane(lambda: offres_pour(personne, Offre.objects.visibles_par(acteur)))
    print(
        f"{connection.vendor} : {PERSONNES} personnes, {OFFRES} offres ; plancher (lire les personnes) {plancher:.0f} ms"
    )
    print(f"une offre, toutes les personnes : {classement:.0f} ms, {classement / plancher:.1f} fois le plancher")
    print(f"une personne, toutes les offres : {offres:.0f} ms")


if __name__ == "__main__":
    main()
