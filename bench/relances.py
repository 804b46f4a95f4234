"""Dix mille relances : les préparer, les écrire, les envoyer par lots ; contre le plancher, rendre et envoyer sur une connexion.

`DATABASE_URL=postgres://… .venv/bin/python -m bench.relances [10000]`. Le puits SMTP tourne dans son propre processus ; la file
est tenue ici même, lot après lot, comme le ferait un travailleur. Tout est défait à la fin, sauf les tables.
"""

import datetime
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")
os.environ |= {"SMTP_HOTE": "127.0.0.1", "SMTP_TLS": "false", "CELERY_BROKER_URL": "memory://"}

import django
from django.conf import settings

django.setup()

from django.core.mail import EmailMultiAlternatives, mailers
from django.core.management import call_command
from django.db import connection, transaction
from django.template.loader import get_template
from django.urls import reverse

from comptes.acteur import Acteur
from comptes.models import Organisation
from comptes.services import creer_structure
from declarations.enums import Palier
from declarations.models import Declaration, ReglagesDeclaration, Relance
from declarations.relances.services.envois import TON
from declarations.relances.services.passage import relancer
from entreprises.models import ContactEntreprise, Entreprise, FicheEntreprise
from marches.models import Engagement, Lot, MaitreOuvrage, Marche
from socle.avis import Destinataire
from socle.models import Courriel
from socle.nombres import de_mois
from socle.services.courriels import envoyer_lot

SLUG = "banc-relances"
MOIS, LE, ECHEANCE = (datetime.date(2026, 9, 1), datetime.date(2026, 10, 22), datetime.date(2026, 10, 15))


@contextmanager
def puits() -> Iterator[Callable[[], str]]:
    """Le puits, et de quoi l'arrêter en lui demandant combien de messages et de connexions il a vus."""
    processus = subprocess.Popen(
        [sys.executable, "-m", "bench.puits"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert processus.stdout is not None
    settings.MAILERS["envoi"]["OPTIONS"]["port"] = int(processus.stdout.readline())
    try:
        yield lambda: processus.communicate("\n")[0].strip()
    finally:
        processus.kill()
        processus.wait()


@transaction.atomic
def construire(nombre: int) -> Organisation:
    """Une entreprise par relance, avec son correspondant, son marché et son mois attendu."""
    structure = creer_structure(acteur=Acteur.exploitant(), slug=SLUG, nom="Banc")
    ReglagesDeclaration.objects.create(structure=structure, relances=True)
    acheteur = MaitreOuvrage.objects.create(nom="Ville", siret="21500129700011")
    entreprises = Entreprise.objects.bulk_create(
        Entreprise(siret=f"{rang:014}", raison_sociale=f"Entreprise {rang}") for rang in range(nombre)
    )
    fiches = FicheEntreprise.objects.bulk_create(
        FicheEntreprise(structure=structure, entreprise=entreprise) for entreprise in entreprises
    )
    contacts = ContactEntreprise.objects.bulk_create(
        ContactEntreprise(fiche=fiche, nom="Paie", courriel=f"paie{rang}@entreprise.example")
        for rang, fiche in enumerate(fiches)
    )
    marches = Marche.objects.bulk_create(
        Marche(
            structure=structure,
            reference=f"B-{rang}",
            objet="Banc",
            maitre_ouvrage=acheteur,
            nature="travaux",
            type_clause="condition",
            statut="execution",
            debut=MOIS,
            fin_prevue=MOIS.replace(year=2028),
        )
        for rang in range(nombre)
    )
    lots = Lot.objects.bulk_create(Lot(marche=marche, numero="1") for marche in marches)
    engagements = Engagement.objects.bulk_create(
        Engagement(lot=lot, entreprise=entreprise, correspondant=contact, heures_initiales=100)
        for lot, entreprise, contact in zip(lots, entreprises, contacts, strict=True)
    )
    Declaration.objects.bulk_create(
        Declaration(engagement=engagement, mois=MOIS, statut="attendue", echeance=ECHEANCE)
        for engagement in engagements
    )
    return structure


def plancher(declarations: list[Declaration]) -> None:
    """Rendre les deux gabarits et envoyer, sur une connexion, sans rien lire ni écrire en base."""
    sujet, corps = (get_template(f"courriels/declaration_relance/{piece}.txt") for piece in ("sujet", "corps"))
    serveur = mailers["envoi"]
    serveur.open()
    for declaration in declarations:
        contexte = {
            "ton": TON[Palier.RETARD],
            "presenter": False,
            "acheteur_en_copie": False,
            "interlocuteur": Destinataire("Camille Roussel", "camille@mef.example", telephone="02 33 00 00 00"),
            "rappel": True,
            "mois": de_mois(declaration.mois),
            "declarations": [declaration],
            "entreprise": declaration.engagement.entreprise.raison_sociale,
            "structure": "Banc",
            "lien": f"{settings.SITE_URL}/lien/{'x' * 43}/",
        }
        titre = " ".join(sujet.render(contexte).split())
        correspondant = declaration.engagement.correspondant
        assert correspondant is not None
        serveur.send_messages([EmailMultiAlternatives(titre, corps.render(contexte), to=[correspondant.courriel])])
    serveur.close()


def duree(geste: Callable[[], object]) -> float:
    debut = time.perf_counter()
    geste()
    return time.perf_counter() - debut


def envoyer_tout() -> None:
    encore = True
    while encore:
        _, encore = envoyer_lot()


def main() -> None:
    nombre = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    call_command("migrate", verbosity=0)
    if not Organisation.objects.filter(slug=SLUG).exists():
        construire(nombre)
        with connection.cursor() as curseur:
            curseur.execute("ANALYZE")
    Relance.objects.all().delete()
    Courriel.objects.all().delete()
    reverse("lien", args=["chaud"])  # un travailleur lancé a déjà lu ses adresses
    contexte = Declaration.objects.avec_contexte().select_related("engagement__correspondant")
    declarations = list(contexte)
    with puits() as compter:
        bas = duree(lambda: plancher(declarations))
        ecrire = duree(lambda: relancer(LE))
        envoyer = duree(envoyer_tout)
        recus, connexions = compter().split()
    partis = Courriel.objects.filter(etat="envoye").count()
    print(
        f"{connection.vendor} : {len(declarations)} relances, {partis} parties, {recus} messages, {connexions} connexions"
    )
    print(f"plancher (rendre, une connexion) {bas:.1f} s ; écrire {ecrire:.1f} s ; envoyer {envoyer:.1f} s")
    print(f"{(ecrire + envoyer) / bas:.2f} fois le plancher")


if __name__ == "__main__":
    main()
