"""Une page se compresse, un fichier non ; deux fois la même page n'a pas deux fois la même taille."""

import gzip

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
COMPRESSEE = {"Accept-Encoding": "gzip"}


@pytest.fixture
def edition(monde) -> Client:
    """Le client de Django : celui de la maison lit chaque page en clair."""
    client = Client()
    client.force_login(monde.personne("edition"))
    return client


def test_une_page_se_compresse_et_se_relit(edition):
    client = edition
    reponse = client.get("/marches/", headers=COMPRESSEE)
    assert reponse["Content-Encoding"] == "gzip" and "Accept-Encoding" in reponse["Vary"]
    assert b"</html>" in gzip.decompress(reponse.content)
    assert "Content-Encoding" not in client.get("/marches/")


def test_la_taille_ne_dit_rien(edition):
    client = edition
    assert len({len(client.get(reverse("accessibilite"), headers=COMPRESSEE).content) for _ in range(8)}) > 1


def test_un_export_ne_se_compresse_pas(edition):
    client = edition
    for genre in ("csv", "xlsx"):
        assert "Content-Encoding" not in client.get("/marches/", {"export": genre}, headers=COMPRESSEE)
