"""Ce que chaque page du monde de démonstration demande au processeur du serveur, de la plus chère à la moins chère.

Les pages se trouvent en suivant les liens depuis l'accueil de chaque rôle, une fois par nom d'adresse. Le temps est celui du
processeur (`process_time`) : il ne dépend pas de ce que fait la machine à côté. Rien n'est écrit : seules des pages se lisent.
`VAR_DIR=… .venv/bin/python -m bench.pages [responsable…]`, sur une base où `demonstration` est passée.
"""

import os
import re
import sys
import time
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clauses_sociales.settings")

import django

django.setup()

from django.test import Client
from django.urls import Resolver404, resolve

from comptes.models import Utilisateur

ROLES = ("responsable", "entreprise", "acheteur", "prescripteur", "financeur", "reseau", "administrateur")
TOURS, BUDGET = 3, 150
LIEN = re.compile(r'href="([^"#]+)"')


def nom_de(adresse: str) -> str:
    """Le nom d'une page, ou rien pour ce qui n'en est pas une d'ici."""
    lue = urlsplit(adresse)
    if lue.netloc or lue.scheme or "export=" in lue.query:
        return ""
    try:
        return resolve(lue.path).view_name
    except Resolver404:
        return ""


def pages_de(client: Client) -> Iterator[tuple[str, str]]:
    """(nom, adresse), une par nom, en suivant les liens depuis l'accueil."""
    vues, a_lire = {"account_logout"}, ["/"]
    while a_lire:
        adresse = a_lire.pop(0)
        nom = nom_de(adresse)
        if not nom or nom in vues:
            continue
        vues.add(nom)
        reponse = client.get(adresse, secure=True)
        if reponse.status_code in (301, 302):
            a_lire.append(urljoin(adresse, reponse["Location"]))
        elif reponse.status_code == 200 and reponse["Content-Type"].startswith("text/html"):
            a_lire += [urljoin(adresse, unescape(lien)) for lien in LIEN.findall(reponse.content.decode())]
            yield nom, adresse


def cout(client: Client, adresse: str) -> float:
    """Le moins cher de quelques tours, en millisecondes de processeur."""
    couts = []
    for _ in range(TOURS):
        debut = time.process_time()
        client.get(adresse, secure=True)
        couts.append((time.process_time() - debut) * 1000)
    return min(couts)


def main() -> None:
    for role in sys.argv[1:] or ROLES:
        client = Client(HTTP_HOST="localhost")
        client.force_login(Utilisateur.objects.get(email=f"{role}@demo.example"))
        couts = sorted(((cout(client, adresse), nom, adresse) for nom, adresse in pages_de(client)), reverse=True)
        au_dessus = sum(ms > BUDGET for ms, _, _ in couts)
        print(f"{role} : {len(couts)} pages, {au_dessus} au-dessus de {BUDGET} ms")
        for ms, nom, adresse in couts[:12]:
            print(f"  {ms:6.0f}  {nom}  {adresse}")


if __name__ == "__main__":
    main()
