"""L'octet nul, où qu'il soit : une demande fausse ou l'erreur d'un champ, jamais une panne."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from socle.middleware import OctetNulMiddleware

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("chemin", ["/entreprises/%00/", "/%00", "/lien/a%00b/"])
def test_dans_l_adresse(chemin, connecte, monde):
    assert connecte("edition").get(chemin).status_code == 400


def test_dans_un_temoin_ou_un_en_tete(client, connecte, monde):
    en_octal = 'sessionid="a\\000b"'  # un témoin entre guillemets écrit ainsi ses octets
    assert client.get("/", headers={"cookie": en_octal}).status_code == 400
    assert connecte("edition").get("/", headers={"user-agent": "a\0b"}).status_code == 400


def test_dans_un_formulaire_l_erreur_est_a_cote_du_champ(connecte, monde):
    page = connecte("edition").post(
        reverse("beneficiaires:modifier", args=[monde.beneficiaire.uuid]), {"nom": "Du\0pont", "prenom": "Ada"}
    )
    assert page.status_code == 200
    assert page.context["form"].has_error("nom")


@pytest.mark.parametrize(
    ("nom", "objet", "donnees"),
    [
        ("vue_enregistrer", None, {"chemin": "/marches/", "nom": "a\0b", "requete": "statut=a\0"}),
        ("comptes:changer_organisation", None, {"organisation": "a\0b"}),
        ("comptes:adhesion_role", lambda c: [c.adhesion.uuid], {"role": "a\0b"}),
    ],
)
def test_hors_d_un_formulaire(nom, objet, donnees, connecte, monde):
    reponse = connecte("responsable").post(reverse(nom, args=objet(monde.nous) if objet else []), donnees)
    assert reponse.status_code in (200, 302, 400, 403, 404)


def test_ce_qu_un_octet_nul_casse_est_une_demande_fausse(rf: RequestFactory):
    gardien = OctetNulMiddleware(lambda request: HttpResponse())
    requete = rf.post("/", {"fichier": SimpleUploadedFile("a.txt", b""), "nom": "a\0b"})
    with pytest.raises(Exception, match="octet nul"):
        gardien.process_exception(requete, ValueError())
    assert gardien.process_exception(rf.post("/", {"nom": "ab"}), ValueError()) is None
