"""Le logo d'un document : celui du jour où il est demandé, le même ensuite, et jamais dans un document né sans lui."""

import io

import outloud
import pdfua
import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from comptes.models import Logo
from comptes.papier_a_entete import images_de, logo_du_jour
from comptes.services import poser_logo, retirer_logo
from reporting.enums import Presentation
from reporting.rendu.pdf.document import rendre_bilan
from socle.pdf import RACINE_IMAGES, RessourceRefusee, lire_ressource
from socle.regles import RegleViolee
from tests.fabriques.socle import DocumentFactory
from tests.reporting.donnees_bilan import donnees_2018

PNG = "image/png"


def image(couleur: str) -> SimpleUploadedFile:
    octets = io.BytesIO()
    Image.new("RGBA", (300, 120), couleur).save(octets, "PNG")
    return SimpleUploadedFile("logo.png", octets.getvalue())


@pytest.fixture(autouse=True)
def _fichiers(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def demander(monde):
    return lambda: DocumentFactory(organisation=monde.structure, parametres=logo_du_jour(monde.structure))


def couleurs(document) -> list[tuple]:
    return [Image.open(io.BytesIO(octets)).convert("RGB").getpixel((0, 0)) for octets in images_de(document).values()]


@pytest.mark.django_db
def test_un_document_garde_le_logo_du_jour_ou_il_fut_demande(monde, demander):
    sans = demander()
    poser_logo(acteur=monde.acteur(), fichier=image("navy"))
    bleu = demander()
    poser_logo(acteur=monde.acteur(), fichier=image("maroon"))
    rouge = demander()
    retirer_logo(acteur=monde.acteur())
    assert logo_du_jour(monde.structure) == {}
    assert [couleurs(document) for document in (sans, bleu, rouge)] == [[], [(0, 0, 128)], [(128, 0, 0)]]


@pytest.mark.django_db(transaction=True)
def test_un_logo_que_rien_ne_porte_s_efface(monde, demander):
    poser_logo(acteur=monde.acteur(), fichier=image("navy"))
    ancien = Logo.objects.get()
    poser_logo(acteur=monde.acteur(), fichier=image("maroon"))
    assert not ancien.image.storage.exists(ancien.image.name)
    demander()
    retirer_logo(acteur=monde.acteur())
    garde = Logo.objects.get()
    assert garde.retire_le and garde.image.storage.exists(garde.image.name)


@pytest.mark.django_db
def test_un_logo_perdu_se_dit(monde, demander):
    poser_logo(acteur=monde.acteur(), fichier=image("navy"))
    document, logo = demander(), Logo.objects.get()
    logo.image.storage.delete(logo.image.name)
    with pytest.raises(RegleViolee, match="manque parmi les fichiers"):
        images_de(document)


@pytest.mark.django_db
def test_le_logo_d_une_autre_structure_ne_s_imprime_pas(monde):
    poser_logo(acteur=monde.acteur(), fichier=image("navy"))
    ailleurs = DocumentFactory(organisation=monde.autre.structure, parametres=logo_du_jour(monde.structure))
    with pytest.raises(RegleViolee):
        images_de(ailleurs)


def test_seul_un_png_donne_se_lit():
    octets = image("navy").read()
    assert lire_ressource(f"{RACINE_IMAGES}logo", {"logo": octets}) == (octets, PNG)
    dessin = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="https://ailleurs.example/x.png"/></svg>'
    for images in ({}, {"autre": octets}, {"logo": dessin}, None):
        with pytest.raises(RessourceRefusee):
            lire_ressource(f"{RACINE_IMAGES}logo", images)


def test_le_bilan_porte_le_logo_et_reste_accessible(tmp_path):
    sans, avec = (
        rendre_bilan(donnees_2018(), Presentation.EXACTE, None, images)
        for images in ({}, {"logo": image("navy").read()})
    )
    fichier = tmp_path / "bilan.pdf"
    fichier.write_bytes(avec)
    with pikepdf.open(fichier) as pdf, pikepdf.open(io.BytesIO(sans)) as nu:
        imprimees, nues = (len(lu.pages[0].get_images()) for lu in (pdf, nu))
        assert imprimees == nues + 1
        assert len(pdf.pages) == len(nu.pages)
    assert not pdfua.validate(fichier).findings
    assert not [(trouve.rule, trouve.message) for trouve in outloud.check(fichier).findings]
