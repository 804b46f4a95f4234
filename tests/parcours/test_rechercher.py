"""Trouver n'importe quoi en deux touches après ses premières lettres, au clavier comme au téléphone."""

import pytest

from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.marches import MarcheFactory
from tests.monde import construire_monde
from tests.parcours.conftest import MOT_DE_PASSE, Visite, au_telephone

pytestmark = pytest.mark.django_db(transaction=True)
TOUCHES_AU_PLUS = 2


def chercher(visite: Visite, lettres: str) -> None:
    """Ouvre le panneau d'où que l'on soit, tape, et attend la réponse à ces lettres-là."""
    visite.page.keyboard.press("Control+k")
    visite.page.locator("dialog[open] input[type=search]").wait_for()
    visite.page.keyboard.type(lettres)
    visite.page.locator(f"dialog .trouver-nombre[data-pour='{lettres}']").wait_for()


def frapper(visite: Visite, *touches: str) -> None:
    assert len(touches) <= TOUCHES_AU_PLUS
    with visite.page.expect_navigation():
        for touche in touches:
            visite.page.keyboard.press(touche)
    visite.controler()


def test_ctrl_k_trouve_tout_en_deux_touches(visite):
    monde = construire_monde()
    personne = monde.personne("edition")
    personne.set_password(MOT_DE_PASSE)
    personne.save()
    MarcheFactory(structure=monde.structure, reference="2026-777", objet="Piscine du Roule")
    BeneficiaireFactory(structure=monde.structure, nom="Quévreux", prenom="Rémi")
    demandes: list[str] = []
    visite.page.on("request", lambda demande: demandes.append(demande.url))
    visite.connecter(personne.email)

    chercher(visite, "pisc")
    visite.controler()
    frapper(visite, "Enter")
    visite.voit("2026-777")

    chercher(visite, "qevreux")  # une lettre oubliée
    frapper(visite, "ArrowDown", "Enter")
    visite.voit("Rémi Quévreux")
    assert not [adresse for adresse in demandes if "vreux" in adresse.lower()]

    chercher(visite, "nouveau marché")
    frapper(visite, "Enter")
    assert visite.page.url.endswith("/marches/nouveau/")

    # Rien de tapé : ce que l'on a ouvert, le dernier d'abord.
    visite.page.keyboard.press("Control+k")
    recents = visite.page.locator("dialog .trouver-groupe a span:first-child")
    recents.first.wait_for()
    assert recents.all_inner_texts() == ["Rémi Quévreux", "2026-777 · Piscine du Roule"]
    assert "Quévreux" not in visite.page.evaluate("JSON.stringify(localStorage)")
    visite.page.keyboard.press("Escape")
    assert visite.page.locator("dialog[open]").count() == 0

    au_telephone(visite)
    visite.ouvrir("/marches/")
    visite.page.get_by_role("link", name="Rechercher").click()
    visite.page.locator("dialog input[type=search]").fill("zzz")
    visite.page.get_by_text("Rien ne répond à « zzz »").wait_for()
    visite.controler()
    visite.page.get_by_role("button", name="Fermer").click()
    assert visite.page.locator("dialog[open]").count() == 0
