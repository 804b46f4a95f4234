"""Les premiers pas : la page se vide à mesure, se passe, se reprend, et ne mène nulle part où l'on n'entre pas."""

import html
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, PngImagePlugin

from comptes.enums import FACILITATEURS_QUI_ECRIVENT, Role
from comptes.models import Logo, PasPasse
from comptes.premiers_pas import pas_de
from comptes.services import poser_logo
from marches.models import Marche
from socle.models import EntreeJournal
from socle.premiers_pas import tous_les_pas
from socle.regles import AccesRefuse
from tests.arbre_html import Document
from tests.client_strict import ClientStrict
from tests.fabriques.comptes import AdhesionFactory, OrganisationFactory, UtilisateurFactory
from tests.test_bornes import saisie_montree

pytestmark = pytest.mark.django_db
PAGE, LOGO = "comptes:premiers_pas", "comptes:logo"


@pytest.fixture
def neuve(db):
    return OrganisationFactory(nom="Toute neuve", slug="neuve")


@pytest.fixture
def client_de(neuve):
    def client_de(role: Role) -> ClientStrict:
        personne = UtilisateurFactory(email=f"{role}@neuve.example")
        AdhesionFactory(utilisateur=personne, organisation=neuve, role=role)
        client = ClientStrict()
        client.force_login(personne)
        return client

    return client_de


def lu(reponse) -> str:
    return " ".join(html.unescape(reponse.content.decode()).split())


def restent(structure) -> set[str]:
    return {lu_.pas.cle for lu_ in pas_de(structure) if lu_.reste}


def test_une_structure_neuve_a_tout_a_faire_et_chaque_pas_s_ouvre(neuve, client_de):
    client = client_de(Role.RESPONSABLE)
    page = lu(client.get(reverse(PAGE)))
    assert restent(neuve) == {pas.cle for pas in tous_les_pas()} and len(tous_les_pas()) >= 13
    for pas in tous_les_pas():
        assert pas.titre in page and pas.roles <= FACILITATEURS_QUI_ECRIVENT
        for _, nom_url in pas.liens:
            assert client.get(reverse(nom_url)).status_code == 200, nom_url


def test_qui_n_est_pas_responsable_ne_se_voit_proposer_que_ce_qu_il_peut(neuve, client_de):
    client = client_de(Role.EDITION)
    page = lu(client.get(reverse(PAGE)))
    assert "Un responsable de la structure s'en charge." in page and ">Passer" not in page
    for pas in tous_les_pas():
        for _, nom_url in pas.liens:
            if Role.EDITION in pas.roles:
                assert client.get(reverse(nom_url)).status_code == 200, nom_url
    assert client.post(reverse("comptes:pas_passer", args=["equipe"])).status_code == 403
    assert not PasPasse.objects.exists()


@pytest.mark.parametrize(
    ("pas", "page"),
    [
        ("eligibilite", "beneficiaires:regle_duree"),
        ("echeance", "suivi:reglages_declaration"),
        ("etp", "reporting:reglages"),
        ("clauses", "marches:reglages_clause"),
    ],
)
def test_un_reglage_propose_garde_tel_quel_est_un_pas_fait(pas, page, neuve, client_de):
    client, adresse = client_de(Role.RESPONSABLE), reverse(page)
    assert pas in restent(neuve)
    dits = []
    for _ in range(2):
        (formulaire,) = [
            f
            for f in Document(client.get(adresse).content.decode()).balises("form")
            if f.get("method") == "post" and f.englobant("main") and f.get("action") in ("", adresse)
        ]
        dits.append(lu(client.post(adresse, saisie_montree(formulaire), follow=True)))
    assert "Rien n'a changé" not in dits[0] and "Rien n'a changé" in dits[1]
    assert pas not in restent(neuve)
    assert EntreeJournal.objects.filter(objet_uuid=neuve.uuid).count() == 1


def test_un_pas_se_passe_et_se_reprend(neuve, client_de):
    client = client_de(Role.RESPONSABLE)
    for _ in range(2):
        suite = lu(client.post(reverse("comptes:pas_passer", args=["classeur"]), follow=True))
    assert "Laissés de côté" in suite and "classeur" not in restent(neuve)
    assert EntreeJournal.objects.filter(action="pas_passe").count() == 1
    client.post(reverse("comptes:pas_reprendre", args=["classeur"]))
    assert "classeur" in restent(neuve)
    assert client.post(reverse("comptes:pas_passer", args=["inconnu"])).status_code == 404
    assert not PasPasse.objects.exists()


def test_l_accueil_les_rappelle_tant_qu_il_en_reste_meme_avec_un_marche(monde, connecte):
    assert Marche.objects.filter(structure=monde.structure).exists()
    client = connecte("responsable")
    assert reverse(PAGE) in lu(client.get(reverse("accueil"))).split("<main")[1]
    for pas in tous_les_pas():
        client.post(reverse("comptes:pas_passer", args=[pas.cle]))
    assert reverse(PAGE) not in lu(client.get(reverse("accueil"))).split("<main")[1]
    assert "Rien ne reste à régler" in lu(client.get(reverse(PAGE)))
    assert reverse(PAGE) in lu(connecte("edition").get(reverse(PAGE)))


def test_ce_qui_est_fait_ne_se_demande_plus(monde):
    faits = {lu_.pas.cle for lu_ in pas_de(monde.structure) if lu_.fait}
    assert {"territoire", "quartiers", "equipe", "partenaires", "marche", "mois"} <= faits


def test_une_structure_ne_passe_pas_les_pas_d_une_autre(monde, connecte):
    connecte("responsable").post(reverse("comptes:pas_passer", args=["identite"]))
    assert "identite" in restent(monde.autre.structure) and "identite" not in restent(monde.structure)


# --- Le logo ------------------------------------------------------------------------------------------------------------


def image(format_: str = "PNG", taille=(300, 120), nom="logo.png", **options) -> SimpleUploadedFile:
    octets = io.BytesIO()
    Image.new("RGB", taille, "navy").save(octets, format_, **options)
    return SimpleUploadedFile(nom, octets.getvalue())


@pytest.fixture(autouse=True)
def _fichiers(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_deposer_remplacer_et_retirer_son_logo(monde, connecte, django_capture_on_commit_callbacks):
    client = connecte("responsable")
    assert client.get(reverse("comptes:logo_image")).status_code == 404
    secret = PngImagePlugin.PngInfo()
    secret.add_text("Auteur", "Dupont Marie")
    client.post(reverse(LOGO), {"fichier": image(pnginfo=secret, taille=(3000, 600))})
    logo = Logo.objects.get(structure=monde.structure)
    with logo.image.open("rb") as garde:
        octets = garde.read()
    assert b"Dupont" not in octets and b"tEXt" not in octets
    assert Image.open(io.BytesIO(octets)).size == (logo.largeur, logo.hauteur) == (900, 180)
    servie = client.get(reverse("comptes:logo_image"))
    assert servie["Content-Type"] == "image/png" and servie["X-Content-Type-Options"] == "nosniff"
    servie.getvalue()
    assert "Logo de" in lu(client.get(reverse(LOGO)))
    ancien, stockage = logo.image.name, logo.image.storage
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse(LOGO), {"fichier": image("JPEG", nom="logo.jpg")})
    logo = Logo.objects.get(structure=monde.structure)
    assert logo.image.name != ancien and not stockage.exists(ancien) and stockage.exists(logo.image.name)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("comptes:logo_retirer"))
    assert not Logo.objects.exists() and not stockage.exists(logo.image.name)
    assert list(
        EntreeJournal.objects.filter(action__startswith="logo").order_by("pk").values_list("action", flat=True)
    ) == [
        "logo_depose",
        "logo_depose",
        "logo_retire",
    ]


@pytest.mark.parametrize(
    ("fichier", "phrase"),
    [
        (lambda: SimpleUploadedFile("logo.svg", b"<svg onload='alert(1)'/>"), "format n'est pas accepté"),
        (lambda: SimpleUploadedFile("logo.png", b"<html>"), "n'est pas celui que son nom annonce"),
        (lambda: image("JPEG", nom="logo.png"), "n'est pas celui que son nom annonce"),
        (lambda: SimpleUploadedFile("logo.png", image().read()[:20]), "ne se lit pas"),
        (lambda: image(taille=(5001, 50)), "5001 × 50 pixels : 5000 au plus"),
        (lambda: image(taille=(20, 20)), "40 au moins"),
        (lambda: SimpleUploadedFile("logo.png", b"\x89PNG" + b"0" * (2 * 1024 * 1024)), "2 Mo au plus"),
    ],
)
def test_ce_qui_n_est_pas_un_logo_se_refuse(fichier, phrase, connecte):
    page = lu(connecte("responsable").post(reverse(LOGO), {"fichier": fichier()}))
    assert phrase in page.replace("\xa0", " ")
    assert not Logo.objects.exists()


def test_le_logo_d_une_structure_n_est_qu_a_elle(monde, connecte):
    connecte("responsable").post(reverse(LOGO), {"fichier": image()})
    assert connecte("autre.responsable").get(reverse("comptes:logo_image")).status_code == 404
    assert connecte("edition").post(reverse(LOGO), {"fichier": image()}).status_code == 403

    with pytest.raises(AccesRefuse):
        poser_logo(acteur=monde.acteur("edition"), fichier=image())
