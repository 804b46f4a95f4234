"""Le navigateur des parcours : un vrai Chromium, une page par test, et axe-core sur chaque page traversée."""

import os
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from celery.contrib.testing.worker import start_worker
from django.core import mail
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, Page, sync_playwright

from clauses_sociales.celery import app
from comptes.enums import Role, TypeOrganisation
from comptes.models import Adhesion, Organisation, Utilisateur

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MOT_DE_PASSE = "un mot de passe bien long"
REGLES = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "RGAAv4", "best-practice"],
}
# D'un thème à l'autre, seules les couleurs changent : les autres règles liraient deux fois la même page.
REGLES_DE_COULEUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def pytest_collection_modifyitems(items) -> None:
    sans_navigateur = pytest.mark.skip(reason="Chromium est absent : les parcours au navigateur n'ont pas lieu.")
    for essai in items:
        if "/parcours/" in essai.path.as_posix():
            essai.add_marker(pytest.mark.navigateur)
            if CHROMIUM is None:
                essai.add_marker(sans_navigateur)


# De quoi une page est faite, aux yeux d'axe : chaque élément dans son parent, avec ses classes, ses attributs, son rôle et
# son état, vide ou non, puis l'ordre de ses titres. Vingt lignes d'un tableau n'en disent pas plus qu'une.
CHARPENTE = """() => {
  const ditSaValeur = /^(class|role|type|scope|lang|aria-(current|expanded|hidden|invalid|pressed|checked|selected|disabled))$/;
  const dire = (element) => element && [
    element.tagName,
    ...[...element.attributes].map(({name, value}) => ditSaValeur.test(name) ? `${name}=${value}` : name).sort(),
    element.textContent.trim() ? "" : "vide",
  ].join(" ");
  const tous = [...document.querySelectorAll("*")];
  const titres = tous.map((e) => e.tagName).filter((nom) => /^H[1-6]$/.test(nom));
  return [...new Set(tous.map((e) => `${dire(e.parentElement)} > ${dire(e)}`)),
          titres.filter((nom, rang) => nom !== titres[rang - 1]).join(" ")];
}"""


@pytest.fixture(scope="session")
def navigateur() -> Iterator[Browser]:
    # L'API synchrone de Playwright fait tourner une boucle : sans cela Django refuserait toute requête dans ce fil.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    call_command("collectstatic", interactive=False, verbosity=0)
    with sync_playwright() as playwright:
        # En conteneur, Chromium tourne souvent en administrateur : son bac à sable s'y refuse.
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture
def visite(navigateur, live_server) -> Iterator["Visite"]:
    contexte = navigateur.new_context(base_url=live_server.url, locale="fr-FR", viewport={"width": 1280, "height": 900})
    contexte.add_init_script(AXE_SCRIPT)  # chaque page l'a en naissant, quelle que soit sa politique de contenu
    contexte.set_default_timeout(90_000)  # deux cœurs partagés : un bilan en PDF peut y prendre une demi-minute
    visite = Visite(contexte.new_page())
    yield visite
    contexte.close()
    assert not visite.erreurs, f"erreurs dans la console : {visite.erreurs}"


class Visite:
    """Quelqu'un devant la page : il lit les libellés, remplit, clique ; axe lit chaque page où il arrive."""

    themes = {"light": REGLES, "dark": REGLES_DE_COULEUR}
    # Ce qu'axe a déjà lu, de tous les parcours : {(adresse, largeur, thème): charpentes}.
    _lues: defaultdict[tuple[str, int, str], set[str]] = defaultdict(set)
    _feuilles: set[str] = set()

    def __init__(self, page: Page):
        self.page = page
        self.erreurs: list[str] = []
        page.on("pageerror", lambda erreur: self.erreurs.append(str(erreur)))
        page.on("console", self._console)

    def _console(self, message) -> None:
        if message.type == "error" and "status of 4" not in message.text:  # un 404 voulu n'est pas une panne
            self.erreurs.append(message.text)

    def connecter(self, courriel: str) -> None:
        self.ouvrir("/")
        self.page.locator("main [name=login]").fill(courriel)
        self.page.locator("main [name=password]").fill(MOT_DE_PASSE)
        self.cliquer("Se connecter")

    def ouvrir(self, adresse: str) -> None:
        self.page.goto(adresse)
        self.controler()

    def suivre(self, lien: str, *, dans: str = "main") -> None:
        cherche = self.page.locator(dans).get_by_role("link", name=lien, include_hidden=True).first
        if cherche.evaluate("lien => !!lien.closest('.navigation details:not([open])')"):
            cherche.locator("xpath=ancestor::details").locator("summary").click()
        cherche.click()
        self.controler()

    def cliquer(self, bouton: str) -> None:
        self.page.get_by_role("button", name=bouton).first.click()
        self.controler()

    def remplir(self, **champs: str) -> None:
        """`remplir(objet="École")` : le champ de ce nom, saisi, ou choisi par son libellé."""
        for nom, valeur in champs.items():
            champ = self.page.locator(f"main [name='{nom}']")
            if champ.evaluate("champ => champ.tagName") == "SELECT":
                libelle = champ.evaluate("(c, v) => [...c.options].find(o => o.label.includes(v))?.label", valeur)
                champ.select_option(label=libelle)
            else:
                champ.fill(valeur)

    def menu(self) -> list[str]:
        """Les adresses du menu principal."""
        liens = self.page.locator("#navigation a").all()
        return list(dict.fromkeys(lien.get_attribute("href") for lien in liens))

    def voit(self, *textes: str) -> None:
        lu = " ".join(self.page.locator("body").inner_text().split())
        for texte in textes:
            assert texte in lu, f"« {texte} » n'est pas dans la page {self.page.url} : {lu[:1500]}"

    def controler(self) -> None:
        """La page tient dans sa largeur, et axe n'y trouve rien, en clair comme en sombre.

        Il lit une adresse une fois par largeur et par thème, et de nouveau dès que sa page montre quelque chose qu'il n'y a
        jamais lu : un message d'erreur, un bouton d'un autre rôle, un tableau qui n'est plus vide.
        """
        self.page.wait_for_load_state()
        debord = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert debord <= 0, f"{self.page.url} déborde de {debord} px en largeur"
        charpente = self.page.evaluate(CHARPENTE)
        adresse = re.sub(r"[0-9a-f-]{36}|[0-9]+", "*", urlsplit(self.page.url).path)
        for theme, regles in self.themes.items():
            lue = self._lues[adresse, self.page.viewport_size["width"], theme]
            if not lue.issuperset(charpente):
                lue.update(charpente)
                self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                fautes = self._fautes(regles)
                assert not fautes, f"{self.page.url} ({theme}) :\n" + "\n".join(fautes)

    def _fautes(self, regles: dict) -> list[str]:
        # Sans `resultTypes`, axe décrit aussi chaque élément sans faute ; `preload` relit les feuilles de style : une fois
        # pour toutes les pages qui ont les mêmes.
        feuilles = self.page.evaluate("[...document.styleSheets].map(feuille => feuille.href).join()")
        options = {"runOnly": regles, "resultTypes": ["violations"], "preload": feuilles not in self._feuilles}
        self._feuilles.add(feuilles)
        violations = self.page.evaluate("options => axe.run(options).then(releve => releve.violations)", options)
        return [
            f"{faute['id']} : {noeud['target']} {noeud['failureSummary']}"
            for faute in violations
            for noeud in faute["nodes"]
        ]


@pytest.fixture
def facilitatrice(live_server) -> Utilisateur:
    """La responsable d'une structure toute neuve."""
    structure = Organisation.objects.create(type=TypeOrganisation.FACILITATRICE, nom="MDE d'essai", slug="essai")
    return membre(structure, "responsable@essai.example", Role.RESPONSABLE)


def membre(organisation: Organisation, courriel: str, role: Role) -> Utilisateur:
    utilisateur = Utilisateur.objects.create_user(courriel, MOT_DE_PASSE, prenom="Zoé", nom="Hardy")
    Adhesion.objects.create(utilisateur=utilisateur, organisation=organisation, role=role)
    return utilisateur


def changer_de_personne(visite: Visite, courriel: str) -> None:
    visite.page.context.clear_cookies()
    visite.connecter(courriel)


def au_telephone(visite: Visite) -> None:
    visite.page.set_viewport_size({"width": 360, "height": 760})


def au_bureau(visite: Visite) -> None:
    visite.page.set_viewport_size({"width": 1280, "height": 900})


def attendre(condition: Callable[[], Any], delai: int = 90) -> None:
    """Ce que la file confie à un travailleur arrive à son heure."""
    fin = time.monotonic() + delai
    while not condition():
        assert time.monotonic() < fin, "la file n'a rien rendu à temps"
        time.sleep(0.1)


def lien_recu(destinataire: str) -> str:
    """Le lien signé du dernier courriel reçu."""
    recus = [courriel.body for courriel in mail.outbox if destinataire in courriel.to and "/lien/" in courriel.body]
    return re.search(r"https?://[^/]+(/lien/\S+)", recus[-1])[1]


@pytest.fixture
def file_de_l_installation(request) -> Iterator[None]:
    """La file d'une vraie installation, quand CELERY_BROKER_URL désigne un Redis : les travaux y sont déposés, un travailleur les y prend.

    Il tourne dans un fil de ce processus : un autre processus ne partagerait ni l'horloge du parcours, ni sa boîte de courriels.
    SQLite, qui n'a qu'un écrivain, exécute sur place.
    """
    if not os.environ.get("CELERY_BROKER_URL", "").startswith("redis") or connection.vendor == "sqlite":
        yield
        return
    request.getfixturevalue("live_server")
    request.getfixturevalue("seuls_sur_la_file")
    app.conf.task_always_eager = False
    app.control.purge()
    with start_worker(app, perform_ping_check=False, queues="celery,pdf", shutdown_timeout=60):
        yield
    app.control.purge()
    app.conf.task_always_eager = True
