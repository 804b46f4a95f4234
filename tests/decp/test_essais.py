"""Les petits fichiers de `../shared/essais/decp` qui échouaient : chacun donne sa bonne réponse."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from decp import services
from decp.enums import TypeContrat
from decp.lecture import Avis, lire
from decp.models import AvisDecp

ESSAIS = Path(__file__).resolve().parents[3] / "shared" / "essais" / "decp"
pytestmark = pytest.mark.skipif(not ESSAIS.is_dir(), reason="Les petits fichiers (../shared/essais) sont absents.")


@pytest.fixture(autouse=True)
def _novembre_2026(horloge):
    horloge.move_to(datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.UTC))


def avis(nom: str) -> dict[str, Avis]:
    lus = list(lire(ESSAIS / nom))
    assert all(isinstance(lu, Avis) for lu in lus), lus
    return {lu.identifiant: lu for lu in lus}


def test_28a_un_nan_est_inconnu_et_le_reste_se_lit():
    lus = avis("28a_nan.json")
    assert [lu.montant for lu in lus.values()] == [100000, None, 100000]


def test_28b_une_cle_vide_ne_fait_pas_une_concession():
    assert avis("28b_autoriteConcedante_vide.json")["B1"].contrat == TypeContrat.MARCHE


def test_28c_un_acheteur_aplati_se_lit():
    assert avis("28c_acheteur_point_id.json")["C1"].acheteur_siret == "35600000009075"


def test_28d_les_modifications_suivent_leurs_dates():
    lu = avis("28d_modif_desordre.json")["D1"]
    assert (lu.montant, lu.duree_mois) == (300000, 30)


def test_28e_une_modification_a_venir_se_garde():
    lu = avis("28e_modif_future.json")["E1"]
    assert lu.duree_mois == 12
    assert [(m.le, m.duree_mois) for m in lu.a_venir] == [(datetime.date(2027, 4, 1), 100)]


@pytest.mark.django_db
def test_28g_une_annee_absurde_est_illisible_et_le_marche_se_suit(monde):
    services.importer(acteur=monde.acteur(), enregistrements=lire(ESSAIS / "28g_dates.json"), pour_de_vrai=True)
    for lu in AvisDecp.objects.filter(structure=monde.structure, identifiant__in=("G1", "G3", "G6")):
        assert lu.date_notification is None and "date illisible" in lu.avertissements[0]
        assert services.suivre_avis(acteur=monde.acteur(), avis=lu).date_notification is None


def test_28h_les_divers_se_lisent():
    lus = avis("28h_divers.json")
    assert lus["H2"].acheteur_siret == "35600000009075"
    assert lus["H10"].considerations == ("Clause sociale",)
    assert lus["H13"].objet == "tab nulfin"
    assert lus["H14"].montant == Decimal("100000.50")


@pytest.mark.parametrize(("nom", "nombre"), [("28i_utf16.json", 1), ("28l_jsonlines.json", 3)])
def test_28i_et_l_l_encodage_et_le_decoupage_se_lisent(nom, nombre):
    assert len(avis(nom)) == nombre
