"""Le champ commune : ce qu'on tape, ce qu'il comprend, ce qu'il refuse et comment."""

import time

import pytest
from django import forms
from django.core.exceptions import ValidationError

from socle.forms import Formulaire, FormulaireModele
from territoires.designation import decouper, designer_toutes
from territoires.forms import CommuneField
from territoires.models import AutreNom, Commune
from tests.fabriques.territoires import CommuneFactory

pytestmark = pytest.mark.django_db


AUTRES_NOMS = (("50173", "Équeurdreville-Hainneville"), ("50602", "Tourlaville"))


@pytest.fixture(autouse=True)
def communes(db):
    communes = {
        commune.code_insee: commune
        for commune in [
            CommuneFactory(
                code_insee="50129",
                nom="Cherbourg-en-Cotentin",
                codes_postaux="50100 50130",
                autres_codes=" 50173 50487 ",
            ),
            CommuneFactory(code_insee="50502", nom="Saint-Lô", codes_postaux="50000"),
            CommuneFactory(code_insee="50539", nom="Saint-Pierre-Église", codes_postaux="50330"),
            CommuneFactory(code_insee="50412", nom="Port-Bail-sur-Mer", codes_postaux="50580"),
            CommuneFactory(code_insee="94038", nom="L'Haÿ-les-Roses", code_departement="94", codes_postaux="94240"),
            CommuneFactory(code_insee="2A004", nom="Ajaccio", code_departement="2A", codes_postaux="20000"),
            CommuneFactory(code_insee="50615", nom="Valognes", codes_postaux="50700"),
            CommuneFactory(code_insee="50087", nom="Brix", codes_postaux="50700"),
            CommuneFactory(code_insee="05156", nom="Saint-Sauveur", code_departement="05", codes_postaux="05200"),
            CommuneFactory(code_insee="21571", nom="Saint-Sauveur", code_departement="21", codes_postaux="21270"),
            CommuneFactory(code_insee="50551", nom="Saint-Sauveur-le-Vicomte", codes_postaux="50390"),
        ]
    }
    AutreNom.objects.bulk_create(
        AutreNom(commune=communes["50129"], code_insee=code, nom=nom) for code, nom in AUTRES_NOMS
    )
    return communes


@pytest.mark.parametrize(
    ("saisie", "code"),
    [
        ("50129", "50129"),
        (" 50129 ", "50129"),
        ("50173", "50129"),  # ancien code de Cherbourg-Octeville
        ("2a004", "2A004"),
        ("5156", "05156"),  # un tableur en a mangé le zéro
        ("50129.0", "50129"),
        ("Tourlaville", "50129"),
        ("equeurdreville hainneville", "50129"),
        ("Équeurdreville", "50129"),
        ("50130 Tourlaville", "50129"),
        ("ÉQUEURDREVILLE (50173)", "50129"),
        ("50100 Cherbourg Cedex 12", "50129"),
        ("Cherbourg-en-Cotentin (50129)", "50129"),
        ("50129 Cherbourg-en-Cotentin", "50129"),
        ("50100 Cherbourg", "50129"),
        ("Cherbourg 50130", "50129"),
        ("CHERBOURG EN COTENTIN", "50129"),
        ("cherbourg", "50129"),
        ("St Lo", "50502"),
        ("Saint-Lô", "50502"),
        ("saint pierre eglise", "50539"),
        ("portbail sur mer", "50412"),
        ("L’Hay les Roses", "94038"),
        ("50000", "50502"),
        ("saint-sauveur le vicomte", "50551"),
        ("Saint-Sauveur (21571)", "21571"),
        ("Valognes 50700", "50615"),
        ("Valog", "50615"),  # tapé en partie
        ("cherbourg en cot", "50129"),
        ("tourlav", "50129"),
    ],
)
def test_ce_que_l_on_tape_est_compris(communes, saisie, code):
    assert CommuneField().clean(saisie) == communes[code]


@pytest.mark.parametrize(
    "saisie", ["Nulle-Part", "99999", "50129 Valognes", "bourg", "Val", "-", "()", "\0", "x" * 5_000, "%", "50129;"]
)
def test_ce_qui_n_existe_pas_est_refuse(saisie):
    with pytest.raises(ValidationError, match="Commune inconnue"):
        CommuneField().clean(saisie)


def test_un_code_postal_partage_se_refuse_avec_les_codes_a_choisir():
    with pytest.raises(ValidationError) as refus:
        CommuneField().clean("50700")
    (message,) = refus.value.messages
    assert "Valognes : 50615" in message and "Brix : 50087" in message


def test_des_homonymes_se_refusent_avec_leurs_codes():
    with pytest.raises(ValidationError, match="05156"):
        CommuneField().clean("saint sauveur")


def test_un_nom_tape_en_partie_que_plusieurs_portent_se_refuse_avec_leurs_codes():
    CommuneFactory(code_insee="50616", nom="Valogneville")
    assert CommuneField().clean("Valognes").code_insee == "50615", "un nom entier l'emporte"
    with pytest.raises(ValidationError, match="Valogneville : 50616"):
        CommuneField().clean("Valogn")


def test_un_code_qui_est_a_la_fois_insee_et_postal_ne_se_devine_pas():
    CommuneFactory(code_insee="50100", nom="Canville")
    with pytest.raises(ValidationError, match=r"Canville : 50100"):
        CommuneField().clean("50100")
    assert CommuneField().clean("Cherbourg 50100").code_insee == "50129"


def test_beaucoup_de_reponses_en_montrent_huit():
    for rang in range(12):
        CommuneFactory(code_insee=f"60{rang:03}", nom=f"Aulnay {rang}", codes_postaux="60111")
    with pytest.raises(ValidationError, match="et 4 autres"):
        CommuneField().clean("60111")


def test_vide_et_facultatif_rend_rien_vide_et_obligatoire_refuse():
    assert CommuneField(required=False).clean("   ") is None
    with pytest.raises(ValidationError):
        CommuneField().clean("  ")


def test_le_champ_se_borne_a_un_ensemble_de_communes():
    champ = CommuneField(queryset=Commune.objects.filter(code_departement="50"))
    assert champ.clean("Saint-Lô").code_insee == "50502"
    with pytest.raises(ValidationError, match="inconnue"):
        champ.clean("Ajaccio")


def test_decouper():
    assert decouper("Cherbourg-en-Cotentin (50129)") == ("50129", "Cherbourg-en-Cotentin")
    assert decouper("2b033 Bastia") == ("2B033", "Bastia")
    assert decouper("Bastia") == ("", "Bastia")
    assert decouper("") == ("", "")


class AdresseForm(Formulaire):
    commune = CommuneField(required=False)


class EtablissementForm(FormulaireModele):
    epci_siege = CommuneField()

    class Meta:
        model = Commune
        fields = []


def test_le_rendu_nomme_la_commune_par_son_nom_et_son_code(communes):
    for initiale in (communes["50129"], communes["50129"].pk):
        html = str(AdresseForm(initial={"commune": initiale})["commune"])
        assert 'value="Cherbourg-en-Cotentin (50129)"' in html
    assert 'list="id_commune_suggestions"' in html
    assert '<datalist id="id_commune_suggestions"></datalist>' in html
    assert "/territoire/communes/suggestions/?champ=commune" in html


def test_une_saisie_refusee_reste_dans_le_champ():
    formulaire = AdresseForm({"commune": '"><script>'})
    assert not formulaire.is_valid()
    assert "&lt;script&gt;" in str(formulaire["commune"])


def test_changer_de_commune_se_voit_retaper_la_meme_non(communes):
    def change(saisie: str) -> bool:
        return AdresseForm({"commune": saisie}, initial={"commune": communes["50129"].pk}).has_changed()

    assert not change("Cherbourg-en-Cotentin (50129)")
    assert not change("50129")
    assert change("Valognes") and change("") and change("n'existe pas")


def test_un_champ_obligatoire_est_annonce_au_navigateur():
    assert "required" in str(EtablissementForm()["epci_siege"])
    assert isinstance(EtablissementForm().fields["epci_siege"], forms.Field)


def test_le_nom_d_aujourd_hui_l_emporte_sur_celui_d_avant(communes):
    AutreNom.objects.create(commune=communes["50129"], code_insee="50999", nom="Brix")
    assert CommuneField().clean("Brix") == communes["50087"]


def test_un_autre_nom_partage_se_refuse_avec_les_communes_a_choisir(communes):
    AutreNom.objects.create(commune=communes["50615"], code_insee="50998", nom="Tourlaville")
    with pytest.raises(ValidationError, match=r"Cherbourg-en-Cotentin : 50129.*Valognes : 50615"):
        CommuneField().clean("tourlaville")


@pytest.mark.parametrize("saisie", ["a " * 20_000, "é" * 40_000, "50129 " * 7_000, "st-" * 13_000])
def test_une_saisie_demesuree_se_refuse_aussitot(saisie):
    debut = time.process_time()
    with pytest.raises(ValidationError, match="Commune inconnue"):
        CommuneField().clean(saisie)
    assert list(Commune.objects.chercher(saisie)[:12]) == []
    assert time.process_time() - debut < 1


def test_un_fichier_se_lit_d_un_bloc_les_codes_d_abord(communes, django_assert_num_queries):
    CommuneFactory(code_insee="50100", nom="Canville")  # un code INSEE qui est aussi un code postal de Cherbourg
    with django_assert_num_queries(1):
        lues = designer_toutes(["50129", "50100", "2a004", "5156"])
    assert {texte: commune.code_insee for texte, commune in lues.items()} == {
        "50129": "50129",
        "50100": "50100",
        "2a004": "2A004",
        "5156": "05156",
    }
    lues = designer_toutes(["50173", "Tourlaville", "50700", "rien"])
    assert lues["50173"] == lues["Tourlaville"] == communes["50129"]
    assert [lues[texte].code for texte in ("50700", "rien")] == ["ambigue", "inconnue"]
