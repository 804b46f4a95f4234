"""Les dix gestes que l'on fait le plus, et ce que chacun coûte au plus : tenu ici, ou par le parcours qui le raconte."""

import importlib

import pytest
from django.urls import reverse

from comptes.models import Invitation
from declarations.models import Relance
from entreprises.models import FicheEntreprise
from marches.models import Marche
from tests.fabriques.entreprises import ContactEntrepriseFactory, EntrepriseFactory
from tests.monde import Monde, construire_monde
from tests.parcours.compter import compter
from tests.parcours.conftest import MOT_DE_PASSE, Visite, au_telephone

pytestmark = pytest.mark.django_db(transaction=True)

# geste : (au plus, l'essai qui le tient)
LES_DIX = {
    "embaucher quelqu'un": ("2 écrans", "test_embaucher.test_une_embauche_en_deux_ecrans"),
    "taper les heures d'un mois": ("3 écrans", "test_les_heures_du_mois.test_vingt_cinq_engagements_en_deux_ecrans"),
    "valider les mois sans alerte": (
        "2 écrans",
        "test_les_heures_du_mois.test_vingt_mois_sans_alerte_se_valident_en_deux_ecrans_depuis_l_accueil",
    ),
    "mener un achat de quatre lots à son attribution": (
        "18 écrans",
        "test_de_l_achat_a_l_attribution.test_d_un_achat_a_l_attribution_de_quatre_lots",
    ),
    "trouver n'importe quoi": ("2 frappes", "test_rechercher.test_ctrl_k_trouve_tout_en_deux_touches"),
    "inviter une entreprise": ("2 écrans", "test_dix_gestes.test_inviter_une_entreprise"),
    "inviter toutes celles qui n'ont pas de compte": ("2 écrans", "test_dix_gestes.test_inviter_les_entreprises"),
    "relancer qui n'a pas déclaré": ("2 écrans", "test_dix_gestes.test_relancer_qui_n_a_pas_declare"),
    "confier des marchés à un collègue": ("2 écrans", "test_dix_gestes.test_confier_des_marches"),
    "revenir sur le dernier geste": ("1 écran", "test_dix_gestes.test_revenir_sur_le_dernier_geste"),
}


def test_chacun_des_dix_est_tenu():
    assert len(LES_DIX) == 10
    for geste, (_, essai) in LES_DIX.items():
        module, _, nom = essai.partition(".")
        assert hasattr(importlib.import_module(f"tests.parcours.{module}"), nom), geste


@pytest.fixture
def monde(visite) -> Monde:
    """La responsable, connectée."""
    monde = construire_monde()
    personne = monde.personne("responsable")
    personne.set_password(MOT_DE_PASSE)
    personne.save()
    visite.connecter(personne.email)
    return monde


def agir(visite: Visite, geste: str) -> None:
    """Le menu de la liste ; le geste, puis sa confirmation, qui porte le même nom."""
    visite.page.locator("#ensemble summary").click()
    visite.cliquer(geste)


def test_inviter_une_entreprise(visite, monde):
    entreprise = EntrepriseFactory(suivie_par=monde.structure)
    visite.ouvrir(entreprise.get_absolute_url())
    with compter(visite) as compte:
        visite.suivre("Inviter")
        visite.remplir(email="rh@batiment.example")
        visite.page.locator("main form .btn-primary").first.click()
        visite.controler()
    assert Invitation.objects.filter(email="rh@batiment.example").exists()
    compte.au_plus(ecrans=2)


def test_inviter_les_entreprises(visite, monde):
    for _ in range(3):
        entreprise = EntrepriseFactory(suivie_par=monde.structure)
        ContactEntrepriseFactory(fiche=FicheEntreprise.objects.get(entreprise=entreprise))
    avant = Invitation.objects.count()
    visite.ouvrir(reverse("entreprises:liste"))
    with compter(visite) as compte:
        agir(visite, "Inviter à ouvrir un compte")
        visite.cliquer("Inviter à ouvrir un compte")
    invitees = Invitation.objects.count() - avant
    assert invitees >= 3
    visite.voit(f"{invitees} entreprises invitées", "déjà un compte")
    compte.au_plus(ecrans=2)


def test_relancer_qui_n_a_pas_declare(visite, monde):
    visite.ouvrir(reverse("entreprises:liste"))
    with compter(visite) as compte:
        agir(visite, "Relancer pour les heures attendues")
        visite.cliquer("Relancer pour les heures attendues")
    assert Relance.objects.exists() or "laissée" in visite.page.locator("body").inner_text()
    compte.au_plus(ecrans=2)


def test_confier_des_marches(visite, monde):
    visite.ouvrir(reverse("marches:liste"))
    with compter(visite) as compte:
        agir(visite, "Confier à un collègue")
        visite.page.locator("[name=facilitateur]").select_option(str(monde.personne("edition").pk))
        visite.cliquer("Confier à un collègue")
    assert Marche.objects.filter(structure=monde.structure, facilitateur=monde.personne("edition")).exists()
    compte.au_plus(ecrans=2)


def test_revenir_sur_le_dernier_geste(visite, monde):
    au_telephone(visite)
    visite.ouvrir(monde.marche.get_absolute_url())
    visite.page.evaluate("document.querySelector(\"form[action$='/archiver/']\").submit()")
    visite.page.locator(".toast-message").wait_for()
    with compter(visite) as compte:
        visite.page.locator(".toast-message").get_by_role("button", name="Annuler").click()
        visite.controler()
    monde.marche.refresh_from_db()
    assert not monde.marche.est_archive
    compte.au_plus(ecrans=1, frappes=1)
