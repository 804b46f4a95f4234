"""Un bilan publié sous l'ancienne forme se lit, se refait en PDF, et son empreinte ne bouge pas."""

import hashlib

import pytest
from django.urls import reverse

from comptes.enums import Role
from reporting.anciens import a_jour
from reporting.donnees import en_octets
from reporting.enums import Presentation
from reporting.rendu.pdf.document import rendre_bilan
from tests.fabriques.reporting import BilanFactory
from tests.reporting.donnees_bilan import donnees_2018, donnees_masquees

AJOUTEES = ("variante", "cible", "chapitres", "couverture", "periode", "structures", "charte", "cartes", "textes")


def ancienne() -> dict:
    """La fiche 2018, telle que le schéma 1 l'écrivait."""
    donnees = donnees_masquees()
    for cle in AJOUTEES:
        del donnees[cle]
    for liste in ("marches", "maitres_ouvrage"):
        for ligne in donnees[liste]:
            ligne["heures_annee"] = ligne.pop("heures_periode")
            del ligne["id"]
    for ligne in donnees["entreprises"]:
        del ligne["id"]
    donnees["evolution"] = [{**ligne, "annee": int(ligne["periode"])} for ligne in donnees["evolution"]]
    for ligne in donnees["evolution"]:
        del ligne["periode"]
    return {**donnees, "schema": 1, "annee": 2018}


def test_la_forme_d_aujourd_hui_dit_les_memes_chiffres():
    lues, attendues = a_jour(ancienne()), donnees_masquees()
    for cle in ("chiffres", "repartitions", "mois", "periode", "couverture", "chapitres", "methode"):
        assert lues[cle] == attendues[cle], cle
    assert [ligne["heures_periode"] for ligne in lues["marches"]] == [
        ligne["heures_periode"] for ligne in attendues["marches"]
    ]
    assert [ligne["periode"] for ligne in lues["evolution"]] == ["2016", "2017", "2018"]
    assert a_jour(donnees_2018()) == donnees_2018()
    assert a_jour({}) == {}


def test_son_pdf_se_refait():
    assert rendre_bilan(a_jour(ancienne()), Presentation.EXACTE).startswith(b"%PDF")


@pytest.mark.django_db
@pytest.mark.parametrize("qui", ["responsable", "financeur"])
def test_il_se_lit_et_son_empreinte_reste_celle_de_ce_qui_a_ete_publie(qui, monde, connecte):
    bilan = BilanFactory(
        structure=monde.structure,
        annee=2018,
        publie=True,
        donnees=ancienne(),
        destinataires=[monde.organisations[Role.FINANCEUR]],
    )
    client = connecte(qui)
    page = client.get(bilan.get_absolute_url()).content.decode()
    assert "28 900" in page.replace("\u202f", " ") and "/chiffres/" not in page
    donnees = client.get(reverse("reporting:bilan_donnees", args=[bilan.uuid])).content
    assert donnees == en_octets(ancienne())
    assert hashlib.sha256(donnees).hexdigest() == bilan.empreinte
    assert client.get(reverse("reporting:bilan_classeur", args=[bilan.uuid])).status_code == 200
