"""Les documents dans un seau S3, devant un vrai serveur : deux machines partagent les fichiers, rien n'y est public."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.urls import reverse
from moto.server import ThreadedMotoServer

from socle.enums import EtatDocument
from socle.fabriques import FABRIQUES
from socle.models import Document
from socle.sauvegarde import lecture
from socle.services.documents import fabriquer
from socle.verifications import CONTROLES
from tests.fabriques.socle import CONTENU, DocumentFactory

pytestmark = pytest.mark.django_db
RACINE = Path(__file__).parent.parent.parent
ACCES = {"S3_SEAU": "documents", "S3_REGION": "us-east-1", "S3_CLE": "essai", "S3_SECRET": "essai"}


@pytest.fixture(scope="module")
def serveur() -> Iterator[str]:
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    hote, port = moto.get_host_and_port()
    yield f"http://{hote}:{port}"
    moto.stop()


@pytest.fixture(scope="module")
def reglages(serveur, tmp_path_factory) -> dict:
    """Ce que les réglages du site font de ces variables, lus par un processus neuf comme sur une machine neuve."""
    lire = "import json; from django.conf import settings; print(json.dumps(settings.STORAGES['default']))"
    milieu = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "clauses_sociales.settings",
        "VAR_DIR": str(tmp_path_factory.mktemp("var")),
        "S3_ADRESSE": serveur,
        **ACCES,
    }
    sortie = subprocess.run(
        [sys.executable, "-c", lire], cwd=RACINE, env=milieu, capture_output=True, text=True, check=True
    )
    return json.loads(sortie.stdout)


@pytest.fixture
def seau(serveur, reglages, settings):
    client = boto3.client(
        "s3",
        endpoint_url=serveur,
        region_name="us-east-1",
        aws_access_key_id="essai",
        aws_secret_access_key="essai",
    )
    client.create_bucket(Bucket="documents")
    settings.STORAGES = {**settings.STORAGES, "default": reglages}
    yield client
    for objet in client.list_objects_v2(Bucket="documents").get("Contents", []):
        client.delete_object(Bucket="documents", Key=objet["Key"])


def lu(chemin: str) -> bytes:
    with default_storage.open(chemin) as fichier:
        return fichier.read()


def cles(seau) -> list[str]:
    return [objet["Key"] for objet in seau.list_objects_v2(Bucket="documents").get("Contents", [])]


def test_le_travailleur_range_le_site_telecharge_et_le_public_n_y_voit_rien(
    seau, serveur, monde, connecte, monkeypatch
):
    monkeypatch.setitem(FABRIQUES, "essai", lambda document, suivi: CONTENU)
    document = DocumentFactory(organisation=monde.structure)
    assert fabriquer(document.pk)
    document.refresh_from_db()
    assert cles(seau) == [document.fichier.name]
    reponse = connecte("edition").get(reverse("document_fichier", args=[document.uuid]))
    assert reponse.getvalue() == CONTENU
    assert connecte("autre.edition").get(reverse("document_fichier", args=[document.uuid])).status_code == 404
    assert "Signature" in document.fichier.url or "X-Amz" in document.fichier.url  # jamais une adresse publique


def test_un_fichier_perdu_se_dit_et_se_refait(seau, monde, connecte, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setitem(FABRIQUES, "essai", lambda document, suivi: CONTENU)
    document = DocumentFactory(pret=True, organisation=monde.structure)
    seau.delete_object(Bucket="documents", Key=document.fichier.name)
    page = connecte("edition").get(reverse("document_fichier", args=[document.uuid]))
    assert page.status_code == HTTPStatus.NOT_FOUND and "Ce fichier manque" in page.content.decode()
    assert document.fichier_manque
    with django_capture_on_commit_callbacks(execute=True):
        call_command("verifier", "--refaire")
    assert Document.objects.get(pk=document.pk).etat == EtatDocument.PRET
    assert Document.objects.get(pk=document.pk).fichier.name in cles(seau)


def test_deux_fichiers_du_meme_nom_restent_deux(seau):
    noms = {default_storage.save("pieces/releve.pdf", ContentFile(octets)) for octets in (b"un", b"deux")}
    assert len(noms) == 2
    assert sorted(map(lu, noms)) == [b"deux", b"un"]


def test_verifier_compare_la_base_et_le_seau(seau):
    document = DocumentFactory(pret=True, empreinte=hashlib.sha256(CONTENU).hexdigest())
    default_storage.save("egare/x.pdf", ContentFile(b"x"))
    trouves = [ecart for nom, chercher in CONTROLES.items() if nom.startswith("Fichiers") for ecart in chercher()]
    assert trouves == ["egare/x.pdf : rien ne le nomme"]
    seau.put_object(Bucket="documents", Key=document.fichier.name, Body=b"autre chose")
    with pytest.raises(CommandError):
        call_command("verifier")


def test_une_restauration_rend_au_seau_ce_qui_lui_manque(seau):
    default_storage.save("deja/la.pdf", ContentFile(CONTENU))
    lecture._ranger("deja/la.pdf", CONTENU)  # le seau a survécu à la base
    lecture._ranger("deja/la.pdf", b"l'archive fait foi")
    lecture._ranger("neuf/la.pdf", b"neuf")
    assert lu("deja/la.pdf") == b"l'archive fait foi"
    assert sorted(cles(seau)) == ["deja/la.pdf", "neuf/la.pdf"]


def test_le_seau_ne_s_ouvre_pas_sans_cle(seau, serveur):
    default_storage.save("x.pdf", ContentFile(b"x"))
    acl = seau.get_object_acl(Bucket="documents", Key="x.pdf")
    assert {autorise["Grantee"]["Type"] for autorise in acl["Grants"]} == {"CanonicalUser"}
