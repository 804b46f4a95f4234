"""Une organisation d'un nom déjà porté, ou presque, se dit avant d'être créée ; la case passe outre."""

import pytest
from django.urls import reverse

from comptes.models import Organisation
from tests.fabriques.comptes import OrganisationFactory

pytestmark = pytest.mark.django_db
CREER = "comptes:organisation_creer"
NOM = "Maison de l'Emploi du Cotentin"


@pytest.mark.parametrize("tape", [NOM, "maison de l'emploi du cotentin", "Cotentin Maison de l'emploi du", NOM[:-1]])
def test_un_nom_deja_porte_se_dit_et_la_case_passe_outre(connecte, tape):
    OrganisationFactory(nom="Maison de l’emploi du Cotentin")
    client, saisie = connecte("administrateur"), {"type": "facilitatrice", "nom": tape, "slug": "neuve"}
    page = client.post(reverse(CREER), saisie)
    assert page.status_code == 200
    assert "ressemble à" in page.context["form"].errors["nom"][0]
    assert 'type="checkbox" name="creer_quand_meme"' in page.content.decode()
    assert not Organisation.objects.filter(slug="neuve").exists()
    assert client.post(reverse(CREER), {**saisie, "creer_quand_meme": "on"}).status_code == 302
    assert Organisation.objects.filter(slug="neuve").exists()


def test_un_autre_nom_ou_un_autre_type_ne_demande_rien(connecte):
    OrganisationFactory(nom=NOM)
    client = connecte("administrateur")
    for rang, (type_, nom) in enumerate([("facilitatrice", "Mission locale de Caen"), ("financeur", NOM)]):
        assert client.post(reverse(CREER), {"type": type_, "nom": nom, "slug": f"neuve-{rang}"}).status_code == 302


def test_la_liste_dit_le_territoire_de_chaque_structure(connecte, monde):
    OrganisationFactory(nom="Sans territoire")
    page = connecte("administrateur").get(reverse("comptes:organisations")).content.decode()
    assert monde.structure.territoire.nom in page
    assert "Sans territoire" in page
