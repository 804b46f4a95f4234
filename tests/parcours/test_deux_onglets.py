"""Deux onglets, deux organisations : l'onglet resté ouvert n'écrit pas dans l'autre, et ce qui y était tapé repart."""

import pytest

from comptes.enums import Role, TypeOrganisation
from comptes.models import Adhesion, Organisation
from marches.models import FicheMaitreOuvrage
from tests.parcours.conftest import Visite, au_telephone

pytestmark = pytest.mark.django_db(transaction=True)


def test_l_onglet_reste_ouvert_se_refuse_puis_repart_d_un_bouton(visite, facilitatrice):
    autre = Organisation.objects.create(type=TypeOrganisation.FACILITATRICE, nom="Autre structure", slug="autre")
    Adhesion.objects.create(utilisateur=facilitatrice, organisation=autre, role=Role.EDITION)
    visite.connecter(facilitatrice.email)
    second = Visite(visite.page.context.new_page())
    _agir_pour(second, "MDE d'essai")
    visite.ouvrir("/maitres-ouvrage/nouveau/")
    visite.remplir(nom="Ville d'Onglet", notes="Rappeler en mars.")

    _agir_pour(second, "Autre structure")
    visite.cliquer("Ajouter")
    visite.voit("ouverte pour MDE d'essai", "vous travaillez maintenant pour Autre structure", "Rappeler en mars.")
    au_telephone(visite)
    visite.controler()
    assert not FicheMaitreOuvrage.objects.exists()

    visite.cliquer("Revenir à MDE d'essai et envoyer")
    visite.voit("Ville d'Onglet")
    assert FicheMaitreOuvrage.objects.get().structure.nom == "MDE d'essai"


def _agir_pour(visite: Visite, nom: str) -> None:
    visite.page.goto("/marches/")
    visite.page.locator(".compte-menu summary").click()
    visite.page.locator(".changer-organisation").get_by_role("button", name=nom).click()
    visite.page.wait_for_load_state()
