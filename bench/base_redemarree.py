"""La base redémarre pendant que dix entreprises déclarent : rien n'est perdu, et chacun sait ce qui est enregistré.

`python -m bench.base_redemarree 5` lance son propre PostgreSQL, l'arrête net puis le relance cinq fois pendant que dix
correspondants envoient leurs heures sans relâche, et rend un compte en JSON. Un envoi accepté doit se retrouver en base ; un
envoi refusé, être dit en français. `seuls` : les clients qui, la base revenue, ont repris sans que personne n'y touche.
"""

import json
import os
import re
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from bench.postgres import Postgres, postgres

ARRET = 2.0  # secondes sans base
ENTRE_DEUX = 4.0
CODES = {200: "pages", 302: "enregistres", 503: "refuses_saisie_gardee", 500: "refuses_page_de_panne"}


def redemarrer(base: Postgres, fois: int, fini: threading.Event) -> None:
    for _ in range(fois):
        time.sleep(ENTRE_DEUX)
        base.arreter_net()
        time.sleep(ARRET)
        base.demarrer()
    time.sleep(ENTRE_DEUX)
    fini.set()


class Declarant:
    """Un client qui déclare jusqu'à la fin, et se souvient de ce qu'on lui a dit avoir enregistré."""

    def __init__(self, client, page: str, champs: dict[str, str]) -> None:
        self.client, self.page, self.champs = client, page, champs
        self.compte: Counter[str] = Counter()
        self.dit: str | None = None
        self.incertains: set[str] = set()
        self.muets, self.dernier = 0, 0

    def declarer(self, fini: threading.Event) -> None:
        tour = 0
        while not fini.is_set():
            tour += 1
            heures = str(tour % 200)
            envoi = {nom: heures if nom.startswith("heures_") else valeur for nom, valeur in self.champs.items()}
            statut, _, page = self.client.demander("POST", self.page, {**envoi, "vu": "", "verifier": "1"})
            self.compte[CODES.get(statut, str(statut))] += 1
            self.dernier = statut
            if statut == 302:
                self.dit, self.incertains = heures, set()
            else:
                self.incertains.add(heures)  # la base a pu enregistrer, puis tomber avant de le dire
                self.muets += not re.search(
                    r"[Rr]ien (n'est|de ce que vous venez d'envoyer n'est) enregistré", _lu(page)
                )
                time.sleep(0.2)


def _lu(page: str) -> str:
    return page.replace("&#x27;", "'").replace("&#39;", "'")


def main() -> None:
    with postgres() as base:
        os.environ |= {"DATABASE_URL": base.url, "STRUCTURES": "1"}
        json.dump(essayer(base, int(sys.argv[1]) if len(sys.argv) > 1 else 3), sys.stdout)


def essayer(base: Postgres, fois: int) -> dict[str, int]:
    from bench import declarations as banc  # noqa: PLC0415 - s'importe une fois DATABASE_URL connue

    banc.call_command("migrate", verbosity=0)
    banc.call_command("collectstatic", interactive=False, verbosity=0)
    banc.monde.construire()
    liens = banc.preparer()
    banc.connection.close()
    fini = threading.Event()
    with banc.gunicorn() as serveur, ThreadPoolExecutor(banc.CLIENTS + 1) as fils:
        declarants = [
            Declarant(*entre, entre[0].champs(entre[1])) for entre in (banc.entrer(serveur.port, *un) for un in liens)
        ]
        travaux = [fils.submit(declarant.declarer, fini) for declarant in declarants]
        fils.submit(redemarrer, base, fois, fini).result()
        for travail in travaux:
            travail.result()
    return compter(banc.Declaration.objects, declarants, fois)


def compter(declarations, declarants: list[Declarant], fois: int) -> dict[str, int]:
    compte: Counter[str] = Counter()
    perdus = 0
    for declarant in declarants:
        compte += declarant.compte
        cle = declarant.page.rstrip("/").rpartition("/")[2]
        en_base = set(declarations.get(uuid=cle).lignes.values_list("heures_declarees", flat=True))
        permis = {Decimal(un) for un in {declarant.dit, *declarant.incertains} if un}
        perdus += not (len(en_base) == 1 and en_base <= permis)
    return {
        "arrets": fois,
        **compte,
        "muets": sum(declarant.muets for declarant in declarants),
        "perdus": perdus,
        "repris_seuls": sum(declarant.dernier == 302 for declarant in declarants),
    }


if __name__ == "__main__":
    main()
