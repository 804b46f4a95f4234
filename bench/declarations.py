"""Déclarer à dix : de vrais navigateurs sans page, de vraies sessions, un vrai gunicorn ; combien par seconde, et le plus lent.

`DATABASE_URL=… python -m bench.declarations` : chaque client se connecte, ouvre le formulaire, y tape des heures et les
vérifie, pendant une durée bornée. Tout reste sur 127.0.0.1.
"""

import http.client
import os
import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from bench import monde
from bench.serveur import gunicorn
from comptes.models import Organisation
from declarations.enums import OrigineDeclaration, StatutDeclaration
from declarations.models import Declaration
from declarations.services.liens import USAGE_DECLARATION
from entreprises.models import FicheEntreprise
from marches.models import Engagement
from recrutement.models import Contrat
from socle.periodes import ajouter_mois, premier_jour
from socle.services.liens import donner_lien

CLIENTS, DUREE = 10, 20.0


@dataclass
class Client:
    """Un correspondant entré par son lien : ses témoins, et ce que montrent les champs de sa page."""

    port: int
    temoins: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.prise = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def demander(self, methode: str, chemin: str, donnees: dict | None = None) -> tuple[int, str, str]:
        entetes = {"Cookie": "; ".join(f"{nom}={valeur}" for nom, valeur in self.temoins.items())}
        corps = None
        if donnees is not None:
            corps = urlencode(donnees)
            entetes |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
        reponse = self._envoyer(methode, chemin, corps, entetes)
        texte = reponse.read().decode()
        for nom, valeur in reponse.getheaders():
            if nom == "Set-Cookie":
                cle, _, reste = valeur.partition("=")
                self.temoins[cle] = reste.partition(";")[0]
        return reponse.status, reponse.getheader("Location") or "", texte

    def _envoyer(self, *requete) -> http.client.HTTPResponse:
        """Comme un navigateur : une connexion gardée que le serveur a fermée se rouvre."""
        try:
            self.prise.request(*requete)
            return self.prise.getresponse()
        except ConnectionError:
            self.prise.close()
            self.prise.request(*requete)
            return self.prise.getresponse()

    def champs(self, chemin: str) -> dict[str, str]:
        """Les champs du formulaire, remplis comme la page les montre."""
        statut, _, page = self.demander("GET", chemin)
        assert statut == 200, (chemin, statut)
        balises = re.findall(r"<input[^>]*>", page)
        lus = {}
        for balise in balises:
            attributs = dict(re.findall(r'([\w-]+)="([^"]*)"', balise))
            if attributs.get("name") and attributs.get("type") not in ("file", "submit"):
                lus[attributs["name"]] = attributs.get("value", "")
        return lus


def preparer() -> list[tuple[str, str]]:
    """Un mois attendu et un lien par client, dans la première structure du monde ; rend (lien, page du formulaire)."""
    structure = Organisation.objects.get(slug=monde.SLUG.format(0))
    mois = ajouter_mois(premier_jour(timezone.localdate()), -1)
    contrats = Contrat.objects.filter(structure=structure, debut__lte=mois).values("engagement")
    engagements = Engagement.objects.filter(pk__in=contrats).select_related("lot__marche").order_by("pk")[:CLIENTS]
    Contrat.objects.filter(engagement__in=list(engagements)).update(fin_prevue=None, type_contrat="cdi")
    return [_ouvrir(structure, engagement, mois) for engagement in engagements]


@transaction.atomic
def _ouvrir(structure: Organisation, engagement: Engagement, mois) -> tuple[str, str]:
    declaration, _ = Declaration.objects.get_or_create(
        engagement=engagement, mois=mois, defaults={"origine": OrigineDeclaration.OUVERTE}
    )
    Declaration.objects.filter(pk=declaration.pk).update(statut=StatutDeclaration.ATTENDUE)
    fiche = FicheEntreprise.objects.get(structure=structure, entreprise=engagement.entreprise_id)
    courriel = f"client{engagement.pk}@bench.example"
    lien = donner_lien(structure=structure, usage=USAGE_DECLARATION, objet=fiche, destinataire=courriel)
    return lien.removeprefix(settings.SITE_URL), f"/declarer/{fiche.uuid}/{declaration.uuid}/"


def entrer(port: int, lien: str, page: str) -> tuple[Client, str]:
    """Un correspondant entré par son lien, qui a lu sa page une fois : le serveur est chaud quand la mesure commence."""
    client = Client(port)
    jeton = client.champs(lien)["csrfmiddlewaretoken"]
    assert client.demander("POST", lien, {"csrfmiddlewaretoken": jeton})[0] == 302
    client.champs(page)
    return client, page


def declarer(client: Client, page: str, fin: float) -> tuple[list[float], int]:
    """Un client, jusqu'à l'heure dite : (durées de ses envois en ms, erreurs)."""
    durees, erreurs, tour = [], 0, 0
    while time.perf_counter() < fin:
        champs = client.champs(page)
        tour += 1
        for nom in champs:
            if nom.startswith("heures_"):
                champs[nom] = str(60 + tour % 60)
        debut = time.perf_counter()
        statut, vers, _ = client.demander("POST", page, {**champs, "verifier": "1"})
        durees.append((time.perf_counter() - debut) * 1000)
        erreurs += not (statut == 302 and vers.endswith("/verifier/"))
    return durees, erreurs


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not monde.existe():
        monde.construire()
    clients = preparer()
    connection.close()
    with gunicorn() as serveur, ThreadPoolExecutor(CLIENTS) as fils:
        entres = list(fils.map(lambda client: entrer(serveur.port, *client), clients))
        depart, avant = time.perf_counter(), serveur.processeur()
        lus = list(fils.map(lambda entre: declarer(entre[0], entre[1], depart + DUREE), entres))
        ecoule, processeur = time.perf_counter() - depart, serveur.processeur() - avant
    durees = sorted(duree for des_clients, _ in lus for duree in des_clients)
    envois, erreurs = sum(len(des_clients) for des_clients, _ in lus), sum(erreurs for _, erreurs in lus)
    centiles = statistics.quantiles(durees, n=100)
    print(f"{connection.vendor} : {CLIENTS} clients, {ecoule:.0f} s, {envois} déclarations et autant de pages lues")
    print(
        f"{2 * envois / ecoule:.0f} requêtes/s, envoi p50 {centiles[49]:.0f} ms, p99 {centiles[98]:.0f} ms, {erreurs} erreur"
    )
    print(f"{processeur * 1000 / envois:.0f} ms de processeur (serveur) par déclaration lue puis envoyée")


if __name__ == "__main__":
    main()
