"""La page publique de vérification : chaque document remis se reconnaît à l'empreinte qu'il imprime, et ne dit rien de plus."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from cloture.models import Attestation
from tests.fabriques.marches import RedactionFactory

pytestmark = pytest.mark.django_db


def lue(client, empreinte: str) -> str:
    page = client.get(reverse("reporting:verifier"), {"empreinte": empreinte})
    return " ".join(BeautifulSoup(page.content, "html.parser").main.get_text(" ").split())


@pytest.fixture
def attestation(monde) -> Attestation:
    donnees = {**monde.attestation.donnees, "parties": {"structure": "Maison d'alors"}}
    Attestation.objects.filter(pk=monde.attestation.pk).update(donnees=donnees, empreinte="a1" * 32)
    return Attestation.objects.get(pk=monde.attestation.pk)


def test_une_attestation_se_recopie_par_groupes_de_huit(attestation, client):
    groupes = " ".join(attestation.empreinte[rang : rang + 8] for rang in range(0, 64, 8))
    page = lue(client, groupes.upper())
    assert "Reconnue" in page and f"Attestation n° {attestation.numero}" in page and "En vigueur" in page
    assert "Maison d'alors" in page, "le nom que porte le document, non celui d'aujourd'hui"
    assert "sha256sum" not in page, "ses données ne se téléchargent pas"


def test_une_attestation_remplacee_le_dit(attestation, client):
    Attestation.objects.filter(pk=attestation.pk).update(remplacee_le=timezone.now(), motif_remplacement="Heures")
    assert "Remplacé depuis" in lue(client, attestation.empreinte)


def test_un_texte_de_clause_se_reconnait_et_le_suivant_le_remplace(monde, client):
    ancienne, nouvelle = (RedactionFactory(marche=monde.marche, empreinte=cle * 32) for cle in ("b2", "c3"))
    assert "Remplacé depuis" in lue(client, ancienne.empreinte)
    page = lue(client, nouvelle.empreinte)
    assert monde.marche.reference in page and monde.structure.nom in page and "En vigueur" in page


def test_un_bilan_garde_le_nom_qu_avait_la_structure(monde, client, connecte):
    bilan, avant = monde.nous.bilan_publie, monde.nous.bilan_publie.donnees["structure"]["nom"]
    monde.structure.nom = "Maison renommée"
    monde.structure.save()
    page = lue(client, bilan.empreinte)
    assert avant in page and "Maison renommée" not in page
    titre = BeautifulSoup(connecte("responsable").get(bilan.get_absolute_url()).content, "html.parser").title
    assert avant in titre.get_text()


@pytest.mark.parametrize("empreinte", ["f" * 64, "f" * 63, "une phrase", ""])
def test_une_empreinte_inconnue_ne_reconnait_rien(empreinte, monde, client):
    page = lue(client, empreinte)
    assert "Reconnue" not in page
    assert ("Inconnue" in page) == bool(empreinte)
