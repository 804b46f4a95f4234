"""Le tableau de bord : les chiffres de l'année, ce qui attend, les retards, l'année et la présentation dans l'adresse."""

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
from tests.fabriques.suivi import DeclarationFactory


def lire(reponse) -> str:
    """Le texte de la page, puis les adresses de ses liens."""
    assert reponse.status_code == 200
    contenu = BeautifulSoup(reponse.content, "html.parser").main
    adresses = " ".join(lien["href"] for lien in contenu.find_all("a"))
    return " ".join(f"{contenu.get_text(' ')} {adresses}".split())


@pytest.fixture
def page(connecte, horloge):
    def ouvrir(qui: str = "responsable", **parametres) -> str:
        return lire(connecte(qui).get(reverse("accueil"), parametres))

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
    reponse = connecte("responsable").get(reverse("accueil"), {"annee": annee})
    assert reponse.status_code == 404
    assert "Aller à l&#x27;accueil" in reponse.content.decode() or "Aller à l'accueil" in reponse.content.decode()


def test_ce_qui_attend_se_dit_et_mene_ou_cela_se_regle(monde, page):
    marche = monde.marche
    marche.statut, marche.fin_prevue, marche.fin_reelle = StatutMarche.EXECUTION, datetime.date(2026, 9, 1), None
    marche.save()
    monde.rattachement.statut, monde.rattachement.millesime = StatutQuartier.A_VERIFIER, 2024
    monde.rattachement.save()
    texte = page()
    assert "2 mois d'heures saisis" in texte  # avril et juin, dans le petit monde
    assert "1 marché à solder" in texte
    assert "1 domicile près d'un quartier prioritaire" in texte
    assert "1 bilan en brouillon" in texte
    assert "bilan en brouillon" not in page("lecture")


def test_le_quartier_a_verifier_mene_a_la_bonne_personne(monde, connecte, horloge):
    monde.rattachement.statut, monde.rattachement.millesime = StatutQuartier.A_VERIFIER, 2024
    monde.rattachement.save()
    liste = reverse("beneficiaires:liste")
    client = connecte("edition")
    assert monde.beneficiaire.identifiant in lire(client.get(liste, {"quartier": "a_verifier"}))
    assert monde.beneficiaire.identifiant not in lire(client.get(liste, {"quartier": "non"}))


def test_les_heures_attendues_du_mois_clos(monde, page, connecte):
    """En octobre, le mois clos est septembre : le contrat sans fin de la cotraitante y court, rien n'y est saisi."""
    assert "Heures attendues" in page()
    assert "Peinture de la Manche" in page()
    for qui in ("edition", "lecture"):  # chacun peut suivre le lien qui lui est montré
        client = connecte(qui)
        liens = BeautifulSoup(client.get(reverse("accueil")).content, "html.parser").select(".a-faire-objet a")
        assert liens and [client.get(lien["href"]).status_code for lien in liens] == [200] * len(liens)
    DeclarationFactory(engagement=monde.cotraitance, mois=datetime.date(2026, 9, 1), lignes={})
    assert "Peinture de la Manche, marché" not in page()


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
        ("financeur", "reporting:bilans"),
        ("reseau", "reporting:bilans"),
        ("maitre_ouvrage", "marches:espace_acheteur"),
        ("entreprise", "suivi:espace_entreprise"),
        ("prescripteur", "recrutement:espace_prescripteur"),
        ("administrateur", "comptes:organisations"),
    ],
)
def test_les_autres_vont_a_leur_premiere_page_utile(connecte, qui, vers):
    assert connecte(qui).get(reverse("accueil")).url == reverse(vers)
