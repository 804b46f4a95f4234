"""L'année en chiffres : ses indicateurs, les retards, l'année et la présentation dans l'adresse ; et l'accueil de chacun."""

import datetime
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from beneficiaires.enums import StatutQuartier
from comptes.enums import Role
from marches.enums import StatutMarche
from tests.client_strict import ClientStrict
from tests.fabriques.comptes import AdhesionFactory, OrganisationFactory, UtilisateurFactory
from tests.fabriques.marches import EngagementFactory


def lire(reponse) -> str:
    """Le texte de la page, puis les adresses de ses liens."""
    assert reponse.status_code == 200
    contenu = BeautifulSoup(reponse.content, "html.parser").main
    adresses = " ".join(lien["href"] for lien in contenu.find_all("a"))
    return " ".join(f"{contenu.get_text(' ')} {adresses}".split())


@pytest.fixture
def page(connecte, horloge):
    def ouvrir(qui: str = "responsable", **parametres) -> str:
        return lire(connecte(qui).get(reverse("reporting:annee"), parametres))

    return ouvrir


def test_les_chiffres_de_l_annee_ouvrent_leurs_lignes(page):
    texte = page(annee=2026)
    assert "120,5" in texte
    for cle in ("heures_realisees", "beneficiaires", "etp", "beneficiaires_rsa", "entreprises_locales"):
        assert reverse("reporting:provenance", args=[2026, cle]) in texte


def test_une_part_se_lit_des_deux_facons(page):
    exacte, grand_public = page(annee=2026), page(annee=2026, presentation="grand_public")
    assert "100,0 %" in exacte and "soit 100,0 %" in grand_public
    assert page(annee=2026, presentation="inconnue").split("/chiffres/")[0] == exacte.split("/chiffres/")[0]


@pytest.mark.parametrize("annee", ["abc", "1200", "9999", "-1", "2027", "²", "2026.0"])
def test_une_annee_impossible_est_une_page_introuvable(connecte, horloge, annee):
    reponse = connecte("responsable").get(reverse("reporting:annee"), {"annee": annee})
    assert reponse.status_code == 404
    assert "Aller à l&#x27;accueil" in reponse.content.decode() or "Aller à l'accueil" in reponse.content.decode()


def test_le_quartier_a_verifier_mene_a_la_bonne_personne(monde, connecte, horloge):
    monde.rattachement.statut, monde.rattachement.millesime = StatutQuartier.A_VERIFIER, 2024
    monde.rattachement.save()
    liste = reverse("beneficiaires:liste")
    client = connecte("edition")
    assert monde.beneficiaire.identifiant in lire(client.get(liste, {"quartier": "a_verifier"}))
    assert monde.beneficiaire.identifiant not in lire(client.get(liste, {"quartier": "non"}))


def test_les_engagements_en_retard_le_plus_grand_manque_d_abord(monde, page):
    marche = monde.marche
    marche.statut, marche.debut, marche.fin_prevue = (
        StatutMarche.EXECUTION,
        datetime.date(2026, 1, 1),
        datetime.date(2026, 12, 31),
    )
    marche.save()
    EngagementFactory(lot=monde.lot_libre, entreprise=monde.entreprise, heures_initiales=Decimal(10))
    _, _, texte = page().partition("Les engagements les plus en retard")
    assert texte.index("Travaux du Cotentin") < texte.index("Peinture de la Manche")
    assert "plus en retard" not in page(annee=2025)


def test_une_structure_neuve_est_guidee(db, horloge):
    structure = OrganisationFactory(nom="Toute neuve", slug="neuve")
    personne = UtilisateurFactory(email="neuve@neuve.example")
    AdhesionFactory(utilisateur=personne, organisation=structure, role=Role.RESPONSABLE)
    client = ClientStrict()
    client.force_login(personne)
    texte = lire(client.get(reverse("accueil")))
    assert "par où commencer" in texte
    assert reverse("reprise:importer") in texte and reverse("marches:nouveau") in texte


@pytest.mark.parametrize(
    ("qui", "vers"),
    [
        ("maitre_ouvrage", "marches:espace_acheteur"),
        ("entreprise", "suivi:espace_entreprise"),
        ("prescripteur", "recrutement:espace_prescripteur"),
    ],
)
def test_qui_a_un_espace_y_va(connecte, qui, vers):
    assert connecte(qui).get(reverse("accueil")).url == reverse(vers)


@pytest.mark.parametrize(
    ("qui", "suite"),
    [("financeur", "reporting:bilans"), ("reseau", "reporting:bilans"), ("administrateur", "comptes:organisations")],
)
def test_un_accueil_vide_dit_ou_aller(connecte, monde, qui, suite):
    monde.bilan_publie.destinataires.clear()
    texte = lire(connecte(qui).get(reverse("accueil")))
    assert "Bonjour" in texte and reverse(suite) in texte
