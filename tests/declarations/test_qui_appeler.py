"""Toute page et tout courriel vers l'extérieur nomme qui appeler, et c'est à lui que l'on répond."""

from pathlib import Path

import pytest
from django.urls import reverse

from comptes.enums import Role
from marches.models import ReglagesClause
from socle.models import Courriel
from socle.services.courriels import ecrire_courriel
from tests.declarations.test_declarations import par_lien  # noqa: F401  (une fixture)

pytestmark = pytest.mark.django_db
COURRIELS = Path(__file__).parents[2] / "templates" / "courriels"
# Ce qui reste dans la maison, ou vient du service et non d'une structure.
INTERNES = {
    "besoin_exprime": "au facilitateur",
    "bilan_a_preparer": "au facilitateur",
    "entree_annoncee": "aux responsables de la structure",
    "fin_de_conservation": "au facilitateur",
    "mois_rectifie_facilitateur": "au facilitateur",
    "penalite_decision_prise": "au facilitateur",
    "code": "le service, à l'adresse du lien",
    "acces_retire": "qui retire est nommé, et c'est à lui que l'on répond",
    "compte_bloque": "le service, à la personne",
    "second_facteur_ote": "le service, à la personne",
    "invitation": "qui invite est nommé, et c'est à lui que l'on répond",
}


@pytest.fixture
def reglages(monde) -> ReglagesClause:
    return ReglagesClause.objects.update_or_create(
        structure=monde.structure,
        defaults={"contact": "Camille Roussel", "telephone": "02 33 00 00 00", "courriel": "camille@mef.example"},
    )[0]


def test_chaque_courriel_vers_l_exterieur_nomme_qui_appeler():
    muets = {
        dossier.name
        for dossier in COURRIELS.iterdir()
        if dossier.is_dir() and "_interlocuteur.txt" not in (dossier / "corps.txt").read_text()
    }
    assert not muets - set(INTERNES)


def test_a_defaut_de_mieux_la_reponse_va_a_la_structure(monde, reglages):
    ecrire_courriel(
        destinataire="a@exemple.fr",
        gabarit="courriels/bilan_publie",
        structure=monde.structure,
        contexte={"structure": "MEF", "bilan": "Bilan 2026", "version": 1, "lien": "https://exemple.fr", "motif": ""},
    )
    courriel = Courriel.objects.latest("pk")
    assert courriel.repondre_a == "camille@mef.example"
    assert "Camille Roussel" in courriel.corps and "02 33 00 00 00" in courriel.corps


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.ENTREPRISE, "suivi:mes_declarations"),
        (Role.PRESCRIPTEUR, "recrutement:mes_personnes"),
        (Role.MAITRE_OUVRAGE, "marches:espace_acheteur"),
    ],
)
def test_chaque_page_d_un_partenaire_dit_qui_appeler(monde, reglages, client, role, page):
    client.force_login(monde.personne(role))
    lu = client.get(reverse(page)).content.decode()
    assert "Camille Roussel" in lu and 'href="tel:0233000000"' in lu


def test_une_page_de_la_structure_ne_se_nomme_pas_elle_meme(monde, reglages, client):
    client.force_login(monde.personne("edition"))
    assert "qui-appeler" not in client.get(reverse("beneficiaires:liste")).content.decode()


def test_par_un_lien_aussi(monde, reglages, par_lien):  # noqa: F811
    lu = par_lien.get(reverse("suivi:mes_declarations_par_lien", args=[monde.fiche.uuid])).content.decode()
    assert "Camille Roussel" in lu
