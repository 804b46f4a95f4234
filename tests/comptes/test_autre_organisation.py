"""Une page ouverte pour une organisation n'écrit jamais dans une autre, choisie entre-temps dans un autre onglet."""

import re

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from comptes.enums import Role
from comptes.models import Adhesion
from marches.models import MaitreOuvrage
from socle.envois import CHAMP_ORGANISATION
from tests.fabriques.comptes import AdhesionFactory

SAISIE = {"nom": "Ville d'Onglet & Cie", "siret": "", "type": "commune", "commune": "", "notes": "Une ligne\nUne autre"}


@pytest.fixture
def deux_onglets(monde, connecte):
    """La page s'ouvre pour la structure ; un autre onglet passe à l'autre. Rend (client, adresse, champs cachés de la page)."""
    monde.structure.nom = "Structure de la page"  # dans le monde, les deux portent le même nom
    monde.structure.save()
    AdhesionFactory(
        utilisateur=monde.personne("responsable"), organisation=monde.autre.structure, role=Role.RESPONSABLE
    )
    client, adresse = connecte("responsable"), reverse("marches:maitre_ouvrage_nouveau")
    client.post(reverse("comptes:changer_organisation"), {"organisation": monde.structure.uuid})
    caches = champs_caches(client.get(adresse), adresse="")
    client.post(reverse("comptes:changer_organisation"), {"organisation": monde.autre.structure.uuid})
    return client, adresse, caches


def champs_caches(page, *, adresse: str) -> dict[str, str]:
    """Les champs cachés du formulaire de la page qui vise cette adresse."""
    soupe = BeautifulSoup(page.content, "html.parser")
    formulaire = next(f for f in soupe.select("main form[method=post]") if f.get("action", "") == adresse)
    return {champ["name"]: champ["value"] for champ in formulaire.select("input[type=hidden]") if champ.get("value")}


def test_la_page_refuse_et_garde_ce_qui_etait_tape(deux_onglets, monde):
    client, adresse, caches = deux_onglets
    assert caches[CHAMP_ORGANISATION] == str(monde.structure.uuid)
    page = client.post(adresse, {**caches, **SAISIE})
    assert page.status_code == 409
    assert not MaitreOuvrage.objects.filter(nom=SAISIE["nom"]).exists()
    texte = " ".join(BeautifulSoup(page.content, "html.parser").main.get_text(" ").split())
    assert f"ouverte pour {monde.structure.nom} , vous travaillez maintenant pour {monde.autre.structure.nom}" in texte
    assert "Rien n'a été enregistré" in texte and SAISIE["nom"] in texte and "Notes de votre structure" in texte
    gardes = champs_caches(page, adresse=adresse)
    assert {nom: gardes[nom] for nom in SAISIE if SAISIE[nom]} == {n: v for n, v in SAISIE.items() if v}
    assert gardes["jeton_envoi"] == caches["jeton_envoi"]


def test_le_bouton_revient_et_envoie_une_seule_fois(deux_onglets, monde):
    client, adresse, caches = deux_onglets
    gardes = champs_caches(client.post(adresse, {**caches, **SAISIE}), adresse=adresse)
    for _ in range(2):
        assert client.post(adresse, gardes).status_code == 302
    (ville,) = MaitreOuvrage.objects.filter(nom=SAISIE["nom"])
    assert ville.fiches.get().structure == monde.structure
    assert ville.fiches.get().notes.splitlines() == SAISIE["notes"].splitlines()
    assert client.get(reverse("comptes:membres")).wsgi_request.acteur.organisation == monde.structure


def test_le_jeton_csrf_reste_exige(deux_onglets):
    client, adresse, caches = deux_onglets
    gardes = champs_caches(client.post(adresse, {**caches, **SAISIE}), adresse=adresse)
    exigeant = Client(enforce_csrf_checks=True)
    exigeant.cookies = client.cookies
    assert exigeant.post(adresse, {**gardes, "csrfmiddlewaretoken": ""}).status_code == 403
    assert exigeant.post(adresse, gardes).status_code == 302


def test_qui_n_en_est_plus_membre_n_y_revient_pas(deux_onglets, monde):
    client, adresse, caches = deux_onglets
    gardes = champs_caches(client.post(adresse, {**caches, **SAISIE}), adresse=adresse)
    Adhesion.objects.filter(utilisateur=monde.personne("responsable"), organisation=monde.structure).update(
        active=False
    )
    page = client.post(adresse, gardes)
    assert page.status_code == 409
    contenu = BeautifulSoup(page.content, "html.parser").main
    assert "dont vous n'êtes plus membre" in contenu.get_text() and SAISIE["nom"] in contenu.get_text()
    assert monde.structure.nom not in contenu.get_text() and not contenu.select("form")
    assert not MaitreOuvrage.objects.filter(nom=SAISIE["nom"]).exists()


@pytest.mark.parametrize("posee", ["nimporte", "<b>"])
def test_une_organisation_forgee_n_ecrit_pas(connecte, posee):
    client, adresse = connecte("responsable"), reverse("marches:maitre_ouvrage_nouveau")
    assert client.post(adresse, {**SAISIE, CHAMP_ORGANISATION: posee}).status_code == 409
    assert not MaitreOuvrage.objects.filter(nom=SAISIE["nom"]).exists()


def test_un_envoi_qui_ne_dit_rien_agit_pour_l_organisation_du_moment(connecte):
    client, adresse = connecte("responsable"), reverse("marches:maitre_ouvrage_nouveau")
    assert client.post(adresse, SAISIE).status_code == 302
    assert MaitreOuvrage.objects.filter(nom=SAISIE["nom"]).exists()


def test_un_fichier_ne_se_garde_pas_et_la_page_le_dit(deux_onglets):
    client, adresse, caches = deux_onglets
    fichier = SimpleUploadedFile("paie d'octobre.pdf", b"%PDF-1.4")
    page = client.post(adresse, {**caches, **SAISIE, "piece": fichier})
    assert page.status_code == 409
    assert re.search(r"sauf\s+le fichier joint\s+\(paie d&#x27;octobre.pdf\)", page.content.decode())


def test_les_pages_de_la_personne_et_la_sortie_ne_comparent_rien(deux_onglets, monde):
    """Changer d'organisation, mon compte, se déconnecter : ce n'est le travail d'aucune organisation."""
    client, _, caches = deux_onglets
    ancien = {CHAMP_ORGANISATION: caches[CHAMP_ORGANISATION]}
    change = client.post(
        reverse("comptes:changer_organisation"), {**ancien, "organisation": monde.autre.structure.uuid}
    )
    profil = client.post(reverse("comptes:mon_compte"), {**ancien, "prenom": "Ève", "nom": "Diop", "telephone": ""})
    sortie = client.post(reverse("account_logout"), ancien)
    assert [reponse.status_code for reponse in (change, profil, sortie)] == [302, 302, 302]


def test_un_petit_bouton_porte_aussi_son_organisation(deux_onglets, connecte, monde):
    """Un verbe n'a qu'un bouton : lui aussi se refuse, et repart d'un clic."""
    client = deux_onglets[0]
    marche = monde.marche
    adresse = reverse("marches:marche_archiver", args=[marche.uuid])
    client.post(reverse("comptes:changer_organisation"), {"organisation": monde.structure.uuid})
    caches = champs_caches(client.get(marche.get_absolute_url()), adresse=adresse)
    client.post(reverse("comptes:changer_organisation"), {"organisation": monde.autre.structure.uuid})
    page = client.post(adresse, caches)
    marche.refresh_from_db()
    assert page.status_code == 409 and not marche.est_archive
    client.post(adresse, champs_caches(page, adresse=adresse))
    marche.refresh_from_db()
    assert marche.est_archive


def test_une_date_et_une_case_se_relisent_comme_on_les_dit(deux_onglets):
    client, _, caches = deux_onglets
    saisie = {
        "reference": "M-1",
        "debut": "2026-07-01",
        "mise_en_demeure_prealable": "on",
        "fin_prevue": "n'importe quoi",
    }
    page = client.post(reverse("marches:nouveau"), {**caches, **saisie})
    faits = {fait.dt.text: fait.dd.text for fait in BeautifulSoup(page.content, "html.parser").select("dl.faits > div")}
    assert faits["Début d'exécution"].split() == ["1er", "juil.", "2026"] and faits["Fin prévue"] == "n'importe quoi"
    assert faits["Les jours de retard ne courent qu'après une mise en demeure"] == "oui"
