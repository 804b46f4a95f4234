"""Tuer des travailleurs en plein envoi : rien ne se perd, et un arrêt ne double au plus que le courriel qu'il tenait.

`DATABASE_URL=postgres://… CELERY_BROKER_URL=redis://… .venv/bin/python -m bench.courriels_tues 50` rend un compte en JSON.
La base et la file sont celles de l'essai : leurs courriels en attente partiraient dans le puits.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import cycle, islice

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")

import django

django.setup()

from django.core.management import call_command
from django.utils import timezone

from bench.puits import APRES, AVANT, PENDANT, Serveur
from bench.travailleur import travailleur, tuer
from socle.enums import EtatCourriel
from socle.models import Courriel
from socle.tasks import envoyer_courriels_en_attente

PAR_ARRET = 4  # courriels dus à chaque arrêt : celui que tient le mort, et ceux qui l'attendent
DELAI = 120.0  # une machine chargée met longtemps à lancer un travailleur


def tuer_des_travailleurs(arrets: int, milieu: Mapping[str, str]) -> dict[str, int]:
    """`arrets` travailleurs tués tour à tour avant le message, avant la réponse et juste après ; puis un dernier, qui finit."""
    with Serveur() as serveur:
        puits = serveur.puits
        milieu = {**milieu, "SMTP_HOTE": "127.0.0.1", "SMTP_PORT": str(serveur.port), "SMTP_TLS": "false"}
        ecrits = [ecrire(PAR_ARRET) for _ in range(arrets)]
        for instant in islice(cycle((AVANT, PENDANT, APRES)), arrets):
            rendre_les_baux()
            with travailleur(milieu) as processus:
                puits.piege = (instant, lambda: tuer(processus))
                envoyer_courriels_en_attente.delay()
                attendre(lambda: puits.piege is None and processus.poll() is not None)
        rendre_les_baux()
        with travailleur(milieu):
            envoyer_courriels_en_attente.delay()
            attendre(lambda: not Courriel.objects.filter(etat=EtatCourriel.EN_ATTENTE).exists())
        return compter(arrets, [uuid for lot in ecrits for uuid in lot], puits.recus)


def ecrire(nombre: int) -> list[str]:
    courriels = Courriel.objects.bulk_create(
        Courriel(destinataire=f"destinataire{rang}@exemple.fr", sujet="Essai", corps="Un corps.")
        for rang in range(nombre)
    )
    return [str(courriel.uuid) for courriel in courriels]


def rendre_les_baux() -> None:
    """Cinq minutes passent : ce que le mort tenait est de nouveau à prendre."""
    Courriel.objects.filter(etat=EtatCourriel.EN_ATTENTE).update(
        prochain_essai_le=timezone.now() - timedelta(seconds=1)
    )


def compter(arrets: int, ecrits: list[str], recus: Mapping[str, int]) -> dict[str, int]:
    par_courriel = {identifiant.strip("<>").partition("@")[0]: nombre for identifiant, nombre in recus.items()}
    fois = [par_courriel.get(uuid, 0) for uuid in ecrits]
    return {
        "kills": arrets,
        "mails": len(ecrits),
        "lost": fois.count(0),
        "duplicates": sum(nombre - 1 for nombre in fois if nombre > 1),
        "worst": max(fois),
    }


def attendre(condition: Callable[[], bool], delai: float = DELAI) -> None:
    fin = time.monotonic() + delai
    while not condition():
        if time.monotonic() > fin:
            raise TimeoutError("le travailleur n'a pas fini à temps")
        time.sleep(0.05)


def main() -> None:
    call_command("migrate", verbosity=0)
    compte = tuer_des_travailleurs(int(sys.argv[1]) if len(sys.argv) > 1 else 50, {})
    print(json.dumps(compte))


if __name__ == "__main__":
    main()
