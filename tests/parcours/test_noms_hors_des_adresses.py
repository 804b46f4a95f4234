"""Chercher quelqu'un, vérifier qu'il n'est pas déjà connu, perdre sa session : son nom n'est dans aucune adresse demandée."""

import pytest

from tests.monde import construire_monde
from tests.parcours.conftest import MOT_DE_PASSE, REGLES

pytestmark = pytest.mark.django_db(transaction=True)


def test_un_nom_se_cherche_et_se_verifie_sans_entrer_dans_une_adresse(visite):
    monde = construire_monde()
    personne = monde.personne("edition")
    personne.set_password(MOT_DE_PASSE)
    personne.save()
    page, nom = visite.page, monde.beneficiaire.nom
    visite.themes = {"light": REGLES}
    demandes: list[str] = []
    page.on("request", lambda demande: demandes.append(demande.url))
    visite.connecter(personne.email)

    visite.ouvrir("/beneficiaires/")
    visite.remplir(recherche=nom)
    visite.cliquer("Chercher")
    assert nom in page.locator("main table").inner_text()
    assert page.locator("[name=recherche]").input_value() == nom

    visite.ouvrir("/beneficiaires/nouveau/")
    visite.remplir(
        nom=nom, prenom=monde.beneficiaire.prenom, date_naissance=monde.beneficiaire.date_naissance.isoformat()
    )
    page.locator("[name=telephone]").focus()
    page.locator("#doublons a").wait_for()
    assert nom in page.locator("#doublons").inner_text()

    page.context.clear_cookies(name="sessionid")
    page.locator("[name=prenom]").fill("Autre")
    with page.expect_navigation(url="**/compte/connexion/**"):
        page.locator("[name=telephone]").focus()
    assert "next=/beneficiaires/nouveau/" in page.url
    assert page.locator("main [name=login]").count() == 1
    assert not [adresse for adresse in demandes if nom.lower() in adresse.lower()]
