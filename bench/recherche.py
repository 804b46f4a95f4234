"""« Rechercher » dans un monde de la taille du pays, et dans une structure qui suivrait à elle seule 10 000 personnes.

Le plancher est une page vide, dans le même tour. Cible : moins de 100 ms, faute de frappe comprise, sur les deux moteurs.
`DATABASE_URL=… python -m bench.recherche` ; le monde se construit la première fois.
"""

import datetime
import os
from functools import partial

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")

import django

django.setup()

from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from bench import monde
from bench.mesures import duree
from beneficiaires.models import Beneficiaire
from comptes.models import Organisation, Utilisateur

PERSONNES = 10_000
CHERCHES = {
    "un nom": "personne 12",
    "un acheteur": "acheteur",
    "une faute": "achetuer",
    "rien": "zzyzx",
    "un téléphone": "0612345678",
}


def peupler(structure: Organisation) -> None:
    deja = Beneficiaire.objects.filter(structure=structure).count()
    Beneficiaire.objects.bulk_create(
        (
            Beneficiaire(
                structure=structure,
                identifiant=f"BR-{rang}",
                nom=f"Nom{rang}",
                prenom="Personne",
                nom_plie=f"nom{rang} personne",
                date_naissance=datetime.date(1995, 1, 1),
                sexe="F",
            )
            for rang in range(deja, PERSONNES)
        ),
        batch_size=1000,
    )


def chercher(client: Client, tape: str) -> None:
    cache.clear()  # la limite par minute n'est pas ce qui se mesure
    reponse = client.post(reverse("trouver"), {"cherche": tape}, headers={"HX-Request": "true"})
    assert reponse.status_code == 200, reponse.status_code


def main() -> None:
    call_command("migrate", verbosity=0)
    if not monde.existe():
        monde.construire()
    client, structure = Client(headers={"Host": "127.0.0.1"}), Organisation.objects.get(slug=monde.SLUG.format(0))
    client.force_login(Utilisateur.objects.get(email=monde.COURRIEL))
    for taille in ("155 personnes", f"{PERSONNES} personnes"):
        plancher = duree(lambda: client.get(reverse("trouver")))
        print(f"{taille} · page vide : {plancher:.1f} ms")
        for quoi, tape in CHERCHES.items():
            mesure = duree(partial(chercher, client, tape))
            print(f"  {quoi} : {mesure:.1f} ms, {mesure / plancher:.1f} fois la page vide")
        peupler(structure)


if __name__ == "__main__":
    main()
