"""Préparer, lire, publier, recevoir un bilan, par les écrans ; rien n'en sort qui ne soit remis."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from comptes.enums import Role
from reporting.enums import StatutBilan
from reporting.models import Bilan, ReglagesBilan
from tests.fabriques.suivi import DeclarationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def brouillon(monde, connecte, horloge) -> Bilan:
    """Le bilan 2026, préparé à l'écran ; la file de travaux des tests le fabrique aussitôt."""
    client = connecte("edition")
    reponse = client.post(reverse("reporting:preparer"), {"periode": "2026", "presentation": "exacte"})
    assert reponse.status_code == 302
    bilan = Bilan.objects.select_related("document").get(structure=monde.structure, fin__year=2026)
    assert reponse.url == bilan.get_absolute_url()
    assert bilan.est_pret
    return bilan


def contenu(reponse) -> str:
    return BeautifulSoup(reponse.content, "html.parser").main.get_text(" ")


def publier(client, bilan: Bilan, *destinataires):
    donnees = {"destinataires": [str(organisation.uuid) for organisation in destinataires]}
    if Bilan.objects.filter(pk=bilan.pk, statut=StatutBilan.BROUILLON).exists():
        client.post(reverse("reporting:relire", args=[bilan.uuid]))
    return client.post(reverse("reporting:publier", args=[bilan.uuid]), donnees, follow=True)


def test_preparer_puis_lire_le_brouillon(brouillon, connecte):
    page = connecte("lecture").get(brouillon.get_absolute_url()).content.decode()
    assert "Bilan 2026" in page and "Brouillon, visible de votre structure seule" in page
    assert "120,5" in page
    assert reverse("reporting:bilan_chiffre", args=[brouillon.uuid, "beneficiaires"]) in page
    pdf = connecte("lecture").get(reverse("reporting:bilan_pdf", args=[brouillon.uuid]))
    assert pdf.getvalue().startswith(b"%PDF")
    assert pdf["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("donnees", "phrase"),
    [
        ({"periode": "1200", "presentation": "exacte"}, "1200"),
        ({"periode": "", "presentation": "exacte"}, "obligatoire"),
        ({"periode": "2026", "presentation": "poetique"}, "poetique"),
    ],
)
def test_une_demande_impossible_se_corrige_dans_le_formulaire(monde, connecte, horloge, donnees, phrase):
    reponse = connecte("edition").post(reverse("reporting:preparer"), donnees)
    assert reponse.status_code == 200
    assert phrase in reponse.content.decode()
    assert not Bilan.objects.filter(fin__year=1200).exists()


def test_publie_le_financeur_le_lit_et_le_telecharge_sans_les_personnes(brouillon, monde, connecte):
    financeur = connecte("financeur")
    assert financeur.get(brouillon.get_absolute_url()).status_code == 404
    assert brouillon.get_absolute_url() not in financeur.get(reverse("reporting:bilans")).content.decode()
    publier(connecte("responsable"), brouillon, monde.organisations[Role.FINANCEUR])
    reponse = financeur.get(brouillon.get_absolute_url())
    page = reponse.content.decode()
    assert reponse.status_code == 200
    assert "Ces chiffres ne changent plus" in page
    for interdit in (monde.beneficiaire.identifiant, monde.contrat.identifiant, "/chiffres/2026/", monde.marque):
        assert interdit not in page
    assert financeur.get(reverse("reporting:bilan_pdf", args=[brouillon.uuid])).getvalue().startswith(b"%PDF")
    for autre in ("reseau", "autre.financeur", "autre.responsable", "entreprise"):
        assert connecte(autre).get(brouillon.get_absolute_url()).status_code in (403, 404), autre


def test_publier_deux_fois_ne_publie_qu_une_fois(brouillon, monde, connecte):
    client = connecte("responsable")
    publier(client, brouillon, monde.organisations[Role.FINANCEUR])
    reponse = publier(client, brouillon, monde.organisations[Role.RESEAU])
    assert "déjà publié" in reponse.content.decode()
    brouillon.refresh_from_db()
    assert list(brouillon.destinataires.all()) == [monde.organisations[Role.FINANCEUR]]


def test_sans_destinataire_ou_avec_celui_d_une_autre_structure_rien_n_est_publie(brouillon, monde, connecte):
    client = connecte("responsable")
    assert "Choisissez au moins un destinataire" in publier(client, brouillon).content.decode()
    reponse = publier(client, brouillon, monde.autre.organisations[Role.FINANCEUR])
    assert reponse.status_code == 200 and reponse.context["form"].errors["destinataires"]
    brouillon.refresh_from_db()
    assert brouillon.statut == StatutBilan.RELU


def test_un_bilan_publie_ne_bouge_plus_quand_les_heures_changent(brouillon, monde, connecte):
    client = connecte("responsable")
    publier(client, brouillon, monde.organisations[Role.FINANCEUR])
    page = contenu(connecte("financeur").get(brouillon.get_absolute_url()))
    DeclarationFactory(
        engagement=monde.cotraitance, mois="2026-09-01", validee=True, lignes={monde.contrat_cotraitance: "50"}
    )
    assert contenu(connecte("financeur").get(brouillon.get_absolute_url())) == page
    assert "170,5" in client.get(reverse("reporting:annee"), {"annee": 2026}).content.decode()


def test_refaire_puis_ecarter_un_brouillon(brouillon, monde, connecte):
    DeclarationFactory(
        engagement=monde.cotraitance, mois="2026-09-01", validee=True, lignes={monde.contrat_cotraitance: "50"}
    )
    client = connecte("edition")
    client.post(reverse("reporting:refaire", args=[brouillon.uuid]))
    assert "170,5" in client.get(brouillon.get_absolute_url()).content.decode()
    assert client.post(reverse("reporting:ecarter", args=[brouillon.uuid])).url == reverse("reporting:bilans")
    assert client.get(brouillon.get_absolute_url()).status_code == 404


def test_les_reglages_changent_le_diviseur_des_etp(monde, connecte, horloge):
    client = connecte("responsable")
    adresse = reverse("reporting:reglages")
    for faux in ("", "0", "mille", "-5"):
        assert client.post(adresse, {"heures_par_etp": faux}).status_code == 200
    assert not ReglagesBilan.objects.filter(structure=monde.structure).exists()
    assert client.post(adresse, {"heures_par_etp": "1 607"}).status_code == 302
    assert ReglagesBilan.objects.get(structure=monde.structure).heures_par_etp == 1607
    assert "1" in client.get(reverse("reporting:provenance", args=[2026, "etp"])).content.decode()


def test_un_document_en_route_se_suit_et_recharge_la_page_a_la_fin(brouillon, connecte):
    fragment = connecte("edition").htmx(brouillon.get_absolute_url())
    assert fragment["HX-Refresh"] == "true"
    brouillon.document.__class__.objects.filter(pk=brouillon.document_id).update(etat="en_cours", progression=35)
    fragment = connecte("edition").htmx(brouillon.get_absolute_url())
    assert "HX-Refresh" not in fragment
    assert "35" in fragment.content.decode() and "every 2s" in fragment.content.decode()


def test_un_bilan_publie_dont_le_pdf_a_echoue_se_relance_de_sa_page(brouillon, monde, connecte):
    client = connecte("responsable")
    publier(client, brouillon, monde.organisations[Role.FINANCEUR])
    brouillon.refresh_from_db()
    document = brouillon.document
    type(document).objects.filter(pk=document.pk).update(etat="echec", message="La fabrication a échoué.", fichier="")
    assert connecte("financeur").get(brouillon.get_absolute_url()).status_code == 404
    relancer = reverse("document_relancer", args=[document.uuid])
    assert relancer in client.get(brouillon.get_absolute_url()).content.decode()
    client.post(relancer)
    assert connecte("financeur").get(brouillon.get_absolute_url()).status_code == 200
