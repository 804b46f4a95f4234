"""Un chapitre s'ouvre par-dessus la page et rend le clavier où il était ; et les guides gardent l'image de vraies pages.

`IMAGES_DES_GUIDES=1 make test ARGS="tests/parcours/test_aide.py"` refait les images de `static/aide`.
"""

import io
import os

import pytest
from django.conf import settings
from django.core.management import call_command
from PIL import Image

from comptes.models import Utilisateur
from tests.parcours.conftest import MOT_DE_PASSE

pytestmark = pytest.mark.django_db(transaction=True)

# Quel compte, quelle page, pour l'image de quel chapitre.
IMAGES = [
    ("facilitateur", "/", "facilitateur-ce-qui-est-a-faire"),
    ("facilitateur", "/projets/ >", "facilitateur-etudier-un-projet-d-achat"),
    ("facilitateur", "/marches/ >", "facilitateur-tenir-un-marche"),
    ("facilitateur", "/heures/grille/", "facilitateur-recevoir-et-valider-les-heures"),
    ("facilitateur", "/annee/", "facilitateur-chiffres-et-bilans"),
    ("acheteur", "/", "acheteur-votre-espace"),
    ("entreprise", "/", "entreprise-votre-espace"),
    ("entreprise", "/mon-espace/ > Déclarer mes heures", "entreprise-declarer-les-heures-du-mois"),
    ("prescripteur", "/", "prescripteur-votre-espace"),
    ("financeur", "/bilans/", "financeur-les-bilans-remis"),
    ("reseau", "/reseau/", "reseau-le-reseau-en-chiffres"),
    ("administrateur", "/", "administrateur-l-etat-du-service"),
]


def test_l_aide_s_ouvre_sur_la_page_et_rend_la_main(visite, facilitatrice):
    visite.connecter(facilitatrice.email)
    visite.ouvrir("/maitres-ouvrage/nouveau/")
    visite.remplir(nom="Ville d'Essai")
    bouton = visite.page.locator("a.aide-bouton")
    bouton.focus()
    visite.page.keyboard.press("Enter")
    panneau = visite.page.get_by_role("dialog", name="Entreprises et maîtres d'ouvrage")
    panneau.wait_for()
    visite.controler()
    visite.page.keyboard.press("Escape")
    panneau.wait_for(state="hidden")
    assert bouton.evaluate("bouton => bouton === document.activeElement")
    assert visite.page.locator("[name=nom]").input_value() == "Ville d'Essai"


def test_la_visite_se_suit_au_telephone(visite, facilitatrice):
    visite.page.set_viewport_size({"width": 360, "height": 740})
    visite.connecter(facilitatrice.email)
    visite.ouvrir("/aide/")
    visite.cliquer("Suivre la visite guidée")
    while visite.page.get_by_role("button", name="Continuer").count():
        assert visite.page.locator("section.visite").is_visible()
        visite.cliquer("Continuer")
    visite.cliquer("Finir la visite")
    assert visite.page.locator("h1").inner_text() == "Aide et guides"


@pytest.mark.skipif("IMAGES_DES_GUIDES" not in os.environ, reason="IMAGES_DES_GUIDES=1 refait les images des guides")
def test_les_images_des_guides(visite):
    call_command("demo", verbosity=0)
    for compte in Utilisateur.objects.filter(email__endswith="@demo.example"):
        compte.set_password(MOT_DE_PASSE)
        compte.save()
    visite.page.set_viewport_size({"width": 1000, "height": 640})
    ouvert = None
    for qui, chemin, nom in IMAGES:
        if qui != ouvert:
            visite.page.context.clear_cookies()
            visite.connecter(f"{qui}@demo.example")
            ouvert = qui
        photographier(visite.page, chemin, nom)


def photographier(page, chemin: str, nom: str) -> None:
    """« /marches/ > » : la première ligne de la liste ; « /mon-espace/ > Déclarer mes heures » : ce lien."""
    adresse, mene, libelle = chemin.partition(" >")
    page.goto(adresse)
    if mene:
        lien = page.get_by_role("link", name=libelle.strip(), exact=True) if libelle else page.locator("main tbody a")
        lien.first.click()
        page.wait_for_load_state()
    page.emulate_media(color_scheme="light")
    image = Image.open(io.BytesIO(page.screenshot()))
    image.save(settings.BASE_DIR / "static" / "aide" / f"{nom}.webp", quality=70, method=6)
