"""Projeter les 811 engagements d'une structure dans un monde de la taille du pays, rapporté à un plancher.

Le plancher lit les mêmes lignes, en SQL à la main, dans le même tour ; s'y ajoute la page entière, filtres et tableau compris.
`DATABASE_URL=… .venv/bin/python -m bench.projection` ; le monde se construit la première fois.
"""

import datetime
import os
import random
from decimal import Decimal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import monde
from bench.mesures import duree, page, sql
from comptes.acteur import Acteur
from comptes.enums import Role, TypeOrganisation
from comptes.models import Adhesion, Organisation, Utilisateur
from declarations.models import Declaration, LigneHeures
from entreprises.models import Entreprise
from marches.models import Engagement, Lot, MaitreOuvrage, Marche
from pronostic.calendrier import calendrier
from pronostic.lecture import alertes, engagements_suivis
from pronostic.projection import projeter
from recrutement.models import Contrat

SLUG, COURRIEL, ENGAGEMENTS = "bench-alertes", "alertes@bench.example", 811
LE = datetime.date(monde.ANNEE, 11, 15)
FAITS = """
    SELECT d.engagement_id, d.mois, d.statut, SUM(h.heures) FROM declarations_declaration d
    LEFT JOIN declarations_ligneheures h ON h.declaration_id = d.id JOIN marches_engagement e ON e.id = d.engagement_id
    JOIN marches_lot l ON l.id = e.lot_id JOIN marches_marche m ON m.id = l.marche_id
    WHERE m.structure_id = %s GROUP BY d.id"""
CONTRATS = """
    SELECT c.engagement_id, c.debut, c.fin_prevue, c.heures_hebdomadaires FROM recrutement_contrat c WHERE c.structure_id = %s"""
DUES = """
    SELECT e.id, e.heures_initiales + e.heures_avenants, m.debut, m.fin_prevue, n.raison_sociale, o.nom
    FROM marches_engagement e JOIN marches_lot l ON l.id = e.lot_id JOIN marches_marche m ON m.id = l.marche_id
    JOIN entreprises_entreprise n ON n.id = e.entreprise_id JOIN marches_maitreouvrage o ON o.id = m.maitre_ouvrage_id
    WHERE m.structure_id = %s"""


@transaction.atomic
def construire() -> None:
    """Une structure de plus, aux 811 engagements : chacun son marché, ses dates, un contrat et ses mois."""
    hasard = random.Random(811)
    structure = Organisation.objects.create(slug=SLUG, nom="Alertes", type=TypeOrganisation.FACILITATRICE)
    utilisateur = Utilisateur.objects.create_user(COURRIEL, None, prenom="Banc", nom="Alertes")
    Adhesion.objects.create(utilisateur=utilisateur, organisation=structure, role=Role.RESPONSABLE)
    acheteurs, entreprises = list(MaitreOuvrage.objects.all()[:14]), list(Entreprise.objects.all()[:30])
    personne = monde._personnes(structure, hasard)[0]
    debuts = [datetime.date(monde.ANNEE - 1, 1 + n % 12, 1 + n % 28) for n in range(ENGAGEMENTS)]
    marches = Marche.objects.bulk_create(
        Marche(
            structure=structure,
            reference=f"A-{n:04d}",
            objet=f"Marché {n}",
            texte_plie=f"a-{n:04d}",
            maitre_ouvrage=acheteurs[n % len(acheteurs)],
            nature="travaux",
            type_clause="condition",
            debut=debut,
            fin_prevue=debut + datetime.timedelta(days=hasard.randint(600, 900)),
            statut="execution",
        )
        for n, debut in enumerate(debuts)
    )
    lots = Lot.objects.bulk_create(Lot(marche=marche, numero="1", intitule="Lot") for marche in marches)
    engagements = Engagement.objects.bulk_create(
        Engagement(
            lot=lot, entreprise=entreprises[n % len(entreprises)], heures_initiales=Decimal(hasard.randint(200, 3000))
        )
        for n, lot in enumerate(lots)
    )
    contrats = Contrat.objects.bulk_create(
        Contrat(
            structure=structure,
            identifiant=f"A-{n}",
            beneficiaire=personne,
            engagement=engagement,
            employeur_id=engagement.entreprise_id,
            modalite="embauche_directe",
            type_contrat="cdd",
            debut=debuts[n],
            fin_prevue=LE + datetime.timedelta(days=hasard.randint(-90, 120)),
        )
        for n, engagement in enumerate(engagements)
    )
    mois = [datetime.date(monde.ANNEE, m, 1) for m in range(1, 11)]
    declarations = Declaration.objects.bulk_create(
        (Declaration(engagement=e, mois=m, statut="validee") for e in engagements for m in mois),
        batch_size=monde.PAQUET,
    )
    contrat_de = {contrat.engagement_id: contrat for contrat in contrats}
    LigneHeures.objects.bulk_create(
        (
            LigneHeures(declaration=d, contrat=contrat_de[d.engagement_id], mois=d.mois, heures=h, heures_declarees=h)
            for d, h in ((d, hasard.randint(0, 160)) for d in declarations)
        ),
        batch_size=monde.PAQUET,
    )


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not monde.existe():
        monde.construire()
    if not Organisation.objects.filter(slug=SLUG).exists():
        construire()
        with connection.cursor() as curseur:
            curseur.execute("ANALYZE")
    structure = Organisation.objects.get(slug=SLUG)
    suivis = engagements_suivis(Acteur.systeme(structure))
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(Utilisateur.objects.get(email=COURRIEL))

    def lire() -> None:
        for requete in (DUES, FAITS, CONTRATS):
            sql(requete, structure.pk)()

    def projeter_tout() -> list:
        calendrier.cache_clear()  # sans l'aide d'un passage précédent
        return alertes(suivis, LE)

    with CaptureQueriesContext(connection) as requetes:
        executions = [alerte.execution for alerte in projeter_tout()]
    lues = len(requetes)
    plancher, tout = duree(lire), duree(projeter_tout)
    calcul = duree(lambda: [projeter(execution, LE) for execution in executions])
    entiere = duree(page(client, reverse("suivi:alertes")))
    print(f"{connection.vendor} : {len(executions)} engagements, {lues} requêtes")
    print(
        f"lire et projeter {tout:.0f} ms · plancher (mêmes lignes en SQL) {plancher:.1f} ms · rapport {tout / plancher:.1f}"
    )
    print(f"dont le calcul pur {calcul:.0f} ms · la page des alertes, 50 lignes montrées {entiere:.0f} ms")


if __name__ == "__main__":
    main()
