"""Les aides : ce que la structure en écrit, ce que l'entreprise en lit, et jusqu'à quand on s'y fie."""

import datetime
import html
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from recrutement import services
from recrutement.enums import EtatSource
from recrutement.models import AideEmbauche
from socle.regles import AccesRefuse
from tests.fabriques.recrutement import AideFactory

pytestmark = pytest.mark.django_db
AIDE = {
    "intitule": "Prime locale",
    "genre": "embauche",
    "montant": "1 500,50",
    "unite": "euros",
    "source": "Délibération",
    "date_source": "2026-10-01",
}


def lu(reponse) -> str:
    return " ".join(html.unescape(reponse.getvalue().decode()).replace("\u202f", " ").split())


def test_installer_une_fois_sans_montant_et_a_verifier(monde, connecte, horloge):
    adresse = reverse("recrutement:aides_installer")
    for _ in range(2):
        connecte("edition").post(adresse)
    proposees = AideEmbauche.objects.filter(structure=monde.structure).exclude(pk=monde.aide.pk)
    assert proposees.count() >= 6
    le = datetime.date(2026, 10, 15)
    for aide in proposees:
        assert aide.montant is None and aide.source_url.startswith("https://") and aide.conditions
        assert "ompléter" not in aide.conditions and aide.ce_qui_manque == "la date où la source a été lue"
        assert aide.etat_source(le) == EtatSource.A_VERIFIER
    assert AideEmbauche.objects.filter(structure=monde.autre.structure).count() == 1


@pytest.mark.parametrize(
    ("champ", "valeur", "phrase"),
    [
        ("montant", "", "vont ensemble"),
        ("unite", "", "vont ensemble"),
        ("montant", "-1", "supérieur"),
        ("source", "", "obligatoire"),
        ("source_url", "javascript:alert(1)", "URL"),
        ("valable_au", "2025-01-01", "précède"),
    ],
)
def test_la_faute_se_dit_a_cote_du_champ(champ, valeur, phrase, monde, connecte, horloge):
    donnees = {**AIDE, "valable_du": "2026-01-01", champ: valeur}
    page = lu(connecte("edition").post(reverse("recrutement:aide_nouvelle"), donnees))
    assert phrase in page and 'value="Prime locale"' in page
    assert not AideEmbauche.objects.filter(intitule="Prime locale").exists()


def test_de_la_structure_a_l_entreprise(monde, connecte, horloge):
    edition, entreprise = connecte("edition"), connecte("entreprise")
    assert edition.post(reverse("recrutement:aide_nouvelle"), AIDE).status_code == 302
    aide = AideEmbauche.objects.get(intitule="Prime locale")
    assert (aide.structure, aide.montant) == (monde.structure, Decimal("1500.50"))
    mes_aides = reverse("recrutement:mes_aides")
    page = lu(entreprise.get(mes_aides))
    assert "Prime locale" in page and "1 500,50 €, en une fois" in page and "À jour" in page
    assert monde.aide.intitule not in lu(entreprise.get(f"{mes_aides}?type_contrat=cdi"))
    assert "Prime locale" in lu(entreprise.get(f"{mes_aides}?type_contrat=cdi"))  # elle vaut pour tous les contrats
    engagement = lu(entreprise.get(reverse("marches:mon_engagement", args=[monde.engagement.uuid])))
    assert "Prime locale" in engagement and monde.aide.intitule in engagement
    assert "Prime locale" not in lu(connecte("autre.entreprise").get(mes_aides))
    edition.post(reverse("recrutement:aide_archiver", args=[aide.uuid]))
    assert "Prime locale" not in lu(entreprise.get(mes_aides))


@pytest.mark.parametrize(
    ("champs", "manque"),
    [
        ({"date_source": None}, "la date où la source a été lue"),
        ({"montant": None, "unite": "", "conditions": ""}, "un montant, ou ce qu'elle prend en charge"),
        ({"valable_au": datetime.date(2026, 10, 1)}, "elle est finie"),
        ({"valable_du": datetime.date(2027, 1, 1)}, "elle commence plus tard"),
    ],
)
def test_une_aide_incomplete_ne_se_montre_pas_aux_entreprises(champs, manque, monde, connecte, horloge):
    aide = AideFactory(structure=monde.structure, intitule="Aide en chantier", **champs)
    entreprise = connecte("entreprise")
    for adresse in (
        reverse("recrutement:mes_aides"),
        f"{reverse('recrutement:mes_aides')}?export=csv",
        reverse("marches:mon_engagement", args=[monde.engagement.uuid]),
    ):
        assert "Aide en chantier" not in lu(entreprise.get(adresse)), adresse
    assert f"Non : {manque}" in lu(connecte("edition").get(reverse("recrutement:aides")))
    AideEmbauche.objects.filter(pk=aide.pk).update(
        date_source=datetime.date(2026, 6, 1), conditions="Prise en charge", valable_du=None, valable_au=None
    )
    assert "Aide en chantier" in lu(entreprise.get(reverse("recrutement:mes_aides")))


def test_ni_finies_ni_a_venir(monde):
    le = datetime.date(2026, 10, 15)
    finie = AideFactory(structure=monde.structure, valable_au=le - datetime.timedelta(days=1))
    future = AideFactory(structure=monde.structure, valable_du=le + datetime.timedelta(days=1))
    dernier_jour = AideFactory(structure=monde.structure, valable_du=le, valable_au=le)
    valables = set(AideEmbauche.objects.visibles_par(monde.acteur("entreprise")).valables(le))
    assert dernier_jour in valables and not valables & {finie, future}


@pytest.mark.parametrize(
    ("lue_le", "etat"),
    [(None, "a_verifier"), (datetime.date(2025, 10, 15), "a_verifier"), (datetime.date(2025, 10, 16), "a_jour")],
)
def test_une_source_de_plus_d_un_an_est_a_verifier(lue_le, etat):
    assert AideEmbauche(date_source=lue_le).etat_source(datetime.date(2026, 10, 15)) == etat


def test_qui_peut(monde):
    for qui in ("lecture", "entreprise"):
        with pytest.raises(AccesRefuse):
            services.installer_aides_proposees(acteur=monde.acteur(qui))
    with pytest.raises(AccesRefuse):
        services.modifier_aide(acteur=monde.acteur("edition"), aide=monde.autre.aide, montant=1)
    with pytest.raises(ValidationError):
        services.ajouter_aide(acteur=monde.acteur("edition"), intitule=monde.aide.intitule, source="x")
