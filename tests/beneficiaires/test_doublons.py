"""Repérer un doublon sans rien apprendre de ce qu'on ne doit pas voir."""

import datetime

import pytest
from django.urls import reverse

from beneficiaires.doublons import doublons_possibles
from beneficiaires.enums import SituationAdresse
from beneficiaires.models import Beneficiaire
from tests.fabriques.beneficiaires import BeneficiaireFactory

pytestmark = pytest.mark.django_db
NAISSANCE = datetime.date(1995, 3, 12)


@pytest.mark.parametrize(
    ("nom", "prenom", "naissance", "trouve"),
    [
        ("Lefèvre", "Anne-Sophie", NAISSANCE, True),
        ("LEFEVRE", "anne sophie", None, True),  # ni accent, ni casse, ni trait d'union ne font une autre personne
        ("lefevre", "Anne Sophie", NAISSANCE, True),
        ("Anne-Sophie", "Lefèvre", None, True),
        ("Lefebvre", "Anne-Sophie", NAISSANCE, True),
        ("Lefèvre", "Karim", NAISSANCE, False),
        ("Dupont", "Anne-Sophie", datetime.date(1970, 1, 1), False),
        ("", "Anne-Sophie", NAISSANCE, False),
    ],
)
def test_accents_ordre_et_fautes_de_frappe_se_pardonnent(monde, nom, prenom, naissance, trouve):
    BeneficiaireFactory(structure=monde.structure, nom="Lefèvre", prenom="Anne-Sophie", date_naissance=NAISSANCE)
    assert bool(doublons_possibles(monde.acteur(), nom, prenom, naissance)) is trouve


def test_un_prescripteur_n_apprend_rien_des_dossiers_des_autres(monde, connecte):
    BeneficiaireFactory(structure=monde.structure, nom="Secret", prenom="Zoé", date_naissance=NAISSANCE)
    adresse = reverse("beneficiaires:doublons")
    saisie = {"nom": "Secret", "prenom": "Zoé", "date_naissance": NAISSANCE.isoformat()}
    assert "Secret" not in connecte("prescripteur").post(adresse, saisie).content.decode()
    assert "Secret" in connecte("edition").post(adresse, saisie).content.decode()
    assert "Secret" not in connecte("autre.edition").post(adresse, saisie).content.decode()


def test_une_date_absurde_ne_casse_rien(connecte):
    reponse = connecte("edition").post(
        reverse("beneficiaires:doublons"), {"nom": "x", "prenom": "y", "date_naissance": "31/31/0000"}
    )
    assert reponse.status_code == 200


def test_une_personne_confiee_avec_son_adresse_a_un_domicile(monde, connecte):
    saisie = {
        "structure": monde.structure.pk,
        "nom": "Lepoittevin",
        "prenom": "Anaïs",
        "date_naissance": "2000-06-15",
        "sexe": "F",
        "criteres": ["RSA"],
        "adresse": "12 rue des Tanneurs 50100 Cherbourg",
    }
    assert connecte("prescripteur").post(reverse("recrutement:personne_nouvelle"), saisie).status_code == 302
    domicile = Beneficiaire.objects.get(nom="Lepoittevin").domiciles.get()
    assert (domicile.adresse, domicile.situation) == ("12 rue des Tanneurs 50100 Cherbourg", SituationAdresse.SANS)
    assert domicile.rattachements.count() == 2
