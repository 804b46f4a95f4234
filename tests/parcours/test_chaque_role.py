"""Chacun entre par la page de connexion, trouve sa première page utile, parcourt son menu au téléphone, et sort."""

import pytest

from comptes.enums import Role
from tests.monde import construire_monde
from tests.parcours.conftest import MOT_DE_PASSE, REGLES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("role", list(Role))
def test_entrer_parcourir_son_menu_sortir(visite, live_server, role):
    personne = construire_monde().personne(role)
    personne.set_password(MOT_DE_PASSE)
    personne.save()
    visite.themes = {"light": REGLES}  # le sombre se contrôle dans le parcours principal
    visite.page.set_viewport_size({"width": 360, "height": 740})
    visite.connecter(personne.email)
    menu = visite.menu()
    assert menu
    for adresse in menu:
        visite.ouvrir(adresse)
        assert visite.page.locator("h1").count() == 1
    visite.ouvrir("/compte/deconnexion/")
    visite.cliquer("Se déconnecter")
    visite.ouvrir("/marches/")
    assert "/compte/connexion/" in visite.page.url


def test_une_session_qui_expire_ne_perd_pas_la_saisie(visite, facilitatrice):
    visite.connecter(facilitatrice.email)
    visite.ouvrir("/maitres-ouvrage/nouveau/")
    visite.remplir(nom="Ville d'Essai", notes="Rappeler en mars.")
    visite.page.context.clear_cookies(name="sessionid")
    visite.cliquer("Ajouter")
    visite.page.locator("main [name=login]").fill(facilitatrice.email)
    visite.page.locator("main [name=password]").fill(MOT_DE_PASSE)
    visite.cliquer("Se connecter")
    assert visite.page.locator("[name=nom]").input_value() == "Ville d'Essai"
    assert visite.page.locator("[name=notes]").input_value() == "Rappeler en mars."


def test_le_premier_pas_au_clavier_mene_au_contenu(visite, facilitatrice):
    visite.connecter(facilitatrice.email)
    visite.page.keyboard.press("Tab")
    assert visite.page.evaluate("document.activeElement.getAttribute('href')") == "#contenu"
    visite.page.keyboard.press("Enter")
    visite.page.keyboard.press("Tab")
    assert visite.page.evaluate("document.querySelector('main').contains(document.activeElement)")
