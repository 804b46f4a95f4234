"""Un caractère de contrôle déjà en base (une tabulation verticale collée de Word) n'abîme aucun document : il n'y entre pas."""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

import pypdf
import pytest
from django.db import transaction
from django.urls import reverse

from cloture.models import Attestation
from cloture.rendu import rendre_attestation
from comptes.enums import Role
from socle.models import Document
from tests import canaris
from tests.client_strict import ClientStrict
from tests.matrice_acces import MATRICE
from tests.monde import Monde, construire_monde
from tests.test_canaris import EXPORTS, adresse, exports

pytestmark = [pytest.mark.django_db, pytest.mark.un_moteur]
COLLE = "Réfection\x0bde la\x01 salle\x1f\u200b\ufffe suite\x85et fin"
DE_CONTROLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\ufffe]")
FICHIERS = {
    "marches:redaction_docx",
    "comptes:agenda_ics",
    "reporting:bilan_classeur",
    "reporting:bilan_csv",
    "suivi:penalite_preuves",
    "decp:exporter",
}


@pytest.fixture(scope="module")
def abime(django_db_setup, django_db_blocker) -> Iterator[Monde]:
    with django_db_blocker.unblock(), transaction.atomic():
        monde = construire_monde()
        canaris.canariser(monde.acteur("responsable"), COLLE, COLLE)
        yield monde
        transaction.set_rollback(True)


def client_de(monde: Monde, role: Role) -> ClientStrict:
    client = ClientStrict(controler=False)
    client.force_login(monde.personne(role))
    return client


def verifier(titre: str, octets: bytes) -> None:
    """Une archive se lit fichier par fichier, chacun de ses XML s'analyse ; nulle part un caractère de contrôle."""
    if octets[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            for nom in archive.namelist():
                if nom.endswith((".xml", ".rels")):
                    ElementTree.fromstring(archive.read(nom))
                if not nom.endswith((".jpeg", ".json")):  # les données gardées ont une empreinte : elles ne bougent pas
                    verifier(f"{titre} ({nom})", archive.read(nom))
        return
    texte = octets.decode()
    assert not DE_CONTROLE.search(texte), titre
    assert "_x000" not in texte, titre  # la façon d'un classeur d'écrire un caractère de contrôle


def test_aucun_fichier_ne_garde_de_caractere_de_controle(abime):
    lus = set()
    for ligne in MATRICE:
        suites = exports(ligne) if not ligne.externe else []
        if ligne.nom in FICHIERS:
            suites = [""]
        for suite in suites:
            role = next(role for role in (Role.RESPONSABLE, *Role) if role in ligne.acces)
            reponse = client_de(abime, role).get(adresse(ligne, abime.nous) + suite)
            assert reponse.status_code == 200 and "html" not in reponse["Content-Type"], ligne.nom
            verifier(f"{ligne.nom}{suite}", reponse.getvalue())
            lus.add(ligne.nom)
    assert lus >= FICHIERS | EXPORTS.keys() and len(lus) > 30


def test_le_classeur_d_une_structure_se_refait(abime):
    avant = set(Document.objects.values_list("pk", flat=True))
    assert client_de(abime, Role.RESPONSABLE).post(reverse("reprise:exporter")).status_code == 302
    (document,) = Document.objects.exclude(pk__in=avant)
    assert document.est_pret, document.message
    with document.fichier.open() as fichier:
        verifier("classeur", fichier.read())


def test_un_pdf_s_ecrit_et_ses_metadonnees_s_analysent(abime):
    octets = rendre_attestation(Attestation.objects.get(pk=abime.attestation.pk))
    lu = pypdf.PdfReader(io.BytesIO(octets))
    ElementTree.fromstring(lu.trailer["/Root"]["/Metadata"].get_data())
    texte = "".join(page.extract_text() for page in lu.pages)
    assert "Réfection" in texte and not DE_CONTROLE.search(texte)
