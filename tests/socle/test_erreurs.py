"""Une demande illisible a sa page, en français, sans base ni session."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from tests.controle_html import fautes

pytestmark = pytest.mark.django_db


def lue(reponse) -> str:
    assert reponse.status_code == 400
    page = reponse.content.decode()
    assert fautes(page) == []
    texte = html.unescape(page)
    assert "Rien n'a été enregistré" in texte
    return texte


@pytest.fixture
def adresse() -> str:
    return reverse("account_login")


@pytest.mark.parametrize(
    ("reglage", "phrase"),
    [
        ({"DATA_UPLOAD_MAX_NUMBER_FIELDS": 2}, "Ce formulaire a trop de champs"),
        ({"DATA_UPLOAD_MAX_MEMORY_SIZE": 10}, "Ce que vous envoyez est trop long"),
    ],
)
def test_un_formulaire_trop_grand_le_dit(adresse, reglage, phrase, django_assert_num_queries):
    with override_settings(**reglage), django_assert_num_queries(0):
        reponse = Client().post(adresse, "login=a&password=b&c=d&e=f", content_type="application/x-www-form-urlencoded")
    assert phrase in lue(reponse)


def test_trop_de_fichiers_le_dit(adresse):
    fichiers = {f"f{n}": SimpleUploadedFile("x.txt", b"x") for n in range(3)}
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FILES=2):
        reponse = Client().post(adresse, fichiers)
    assert "Trop de fichiers" in lue(reponse)


def test_un_corps_abime_le_dit(adresse):
    reponse = Client().post(adresse, b"--x\r\n", content_type="multipart/form-data; boundary=")
    assert "incomplet ou abîmé" in lue(reponse)


def test_une_adresse_qui_n_est_pas_celle_du_site_le_dit(adresse, django_assert_num_queries):
    with django_assert_num_queries(0):
        reponse = Client().get(adresse, HTTP_HOST="autre.exemple.fr")
    page = lue(reponse)
    assert "Cette adresse n'est pas celle du site" in page
    assert "Aller à l'accueil" not in page
