"""Les filtres que l'on cherchait : par opération, par facilitateur, par prescripteur, par disponibilité, par fin de contrat."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from comptes.enums import Role
from tests.fabriques.beneficiaires import BeneficiaireFactory
from tests.fabriques.marches import MarcheFactory, OperationFactory
from tests.fabriques.recrutement import ContratFactory

pytestmark = pytest.mark.django_db


def trouves(client, nom: str, **filtres) -> set[str]:
    page = BeautifulSoup(client.get(reverse(nom), filtres).content, "html.parser")
    return {cellule.get_text(strip=True) for cellule in page.select("main tbody .principale")}


def test_les_marches_se_trient_par_operation_et_par_facilitateur(connecte, monde):
    operation = OperationFactory(structure=monde.structure)
    MarcheFactory(structure=monde.structure, reference="M-OP", operation=operation)
    MarcheFactory(structure=monde.structure, reference="M-MOI", facilitateur=monde.personnes[Role.EDITION])
    client = connecte("edition")
    assert trouves(client, "marches:liste", operation=operation.uuid) == {"M-OP"}
    assert trouves(client, "marches:liste", qui="moi") == {"M-MOI"}
    personne = trouves(client, "marches:liste", qui="personne")
    assert "M-OP" in personne and "M-MOI" not in personne
    assert trouves(client, "marches:liste", operation=OperationFactory(structure=monde.autre.structure).uuid) >= {
        "M-OP"
    }


def test_les_personnes_se_trient_par_prescripteur_et_disponibilite(connecte, monde):
    prescripteur = monde.organisations[Role.PRESCRIPTEUR]
    BeneficiaireFactory(structure=monde.structure, identifiant="B-PRESC", prescripteur=prescripteur)
    BeneficiaireFactory(structure=monde.structure, identifiant="B-DISPO", disponible_le=datetime.date(2026, 11, 1))
    BeneficiaireFactory(structure=monde.structure, identifiant="B-TARD", disponible_le=datetime.date(2026, 11, 2))
    client = connecte("lecture")

    def identifiants(**filtres) -> str:
        return client.get(reverse("beneficiaires:liste"), filtres).content.decode()

    par_prescripteur = identifiants(prescripteur=prescripteur.uuid)
    assert "B-PRESC" in par_prescripteur and "B-DISPO" not in par_prescripteur
    disponibles = identifiants(disponible="2026-11-01")
    assert "B-DISPO" in disponibles and "B-TARD" not in disponibles and "B-PRESC" not in disponibles


def test_les_contrats_se_trient_par_leur_fin(connecte, monde):
    communs = {"structure": monde.structure, "engagement": monde.engagement, "debut": datetime.date(2026, 6, 1)}
    ContratFactory(**communs, identifiant="C-31", fin_prevue=datetime.date(2026, 10, 31))
    ContratFactory(
        **communs,
        identifiant="C-TOT",
        fin_prevue=datetime.date(2026, 12, 31),
        fin_reelle=datetime.date(2026, 10, 1),
        motif_fin="rupture",
    )
    ContratFactory(**communs, identifiant="C-CDI", type_contrat="cdi", fin_prevue=None)

    def contrats(**filtres) -> set[str]:
        page = connecte("edition").get(reverse("recrutement:contrats"), filtres).content.decode()
        return {nom for nom in ("C-31", "C-TOT", "C-CDI") if nom in page}

    assert contrats() == {"C-31", "C-TOT", "C-CDI"}
    assert contrats(fin_du="2026-10-31") == {"C-31"}
    assert contrats(fin_au="2026-10-31") == {"C-31", "C-TOT"}
    assert contrats(fin_au="2026-10-30") == {"C-TOT"}
