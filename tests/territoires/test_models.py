"""Les contraintes disent leur raison en français, à l'enregistrement comme en base."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from territoires.models import Commune, Epci, QuartierPrioritaire, Territoire
from tests.fabriques.territoires import CommuneFactory, EpciFactory, QuartierFactory, TerritoireFactory

pytestmark = pytest.mark.django_db


def test_le_nom_plie_suit_le_nom_partout():
    commune = CommuneFactory(nom="Saint-Pierre-Église")
    assert commune.nom_plie == "saint-pierre-eglise"
    commune.nom = "Œuilly"
    commune.save(update_fields=["nom"])
    commune.refresh_from_db()
    assert commune.nom_plie == "oeuilly"
    Commune.objects.bulk_create([Commune(code_insee="50700", nom="Brèche", code_departement="50")])
    en_bloc = Commune.objects.get(code_insee="50700")
    assert en_bloc.nom_plie == "breche"
    en_bloc.nom = "Hémevez"
    Commune.objects.bulk_update([en_bloc], ["nom"])
    assert Commune.objects.get(code_insee="50700").nom_plie == "hemevez"


@pytest.mark.parametrize("code", ["2A004", "2B033", "97411", "01004"])
def test_les_codes_insee_de_partout(code):
    CommuneFactory.build(code_insee=code, nom="Ailleurs", epci=None, nom_plie="ailleurs").full_clean()


@pytest.mark.parametrize("code", ["2C004", "5012", "501299", "5O129", "50 29", "2A004\n"])
def test_un_code_insee_faux_est_refuse(code):
    with pytest.raises(ValidationError, match="5 caractères"):
        CommuneFactory.build(code_insee=code, epci=None, nom_plie="x").full_clean()


@pytest.mark.parametrize("siren", ["12345678", "1234567890", "12345678A", "123456789\n"])
def test_un_siren_faux_est_refuse(siren):
    with pytest.raises(ValidationError):
        Epci(siren=siren, nom="X").full_clean()


def refusee_en_base(creer, nom_de_contrainte: str) -> None:
    with pytest.raises(IntegrityError) as refus, transaction.atomic():
        creer()
    assert nom_de_contrainte in str(refus.value) or "UNIQUE" in str(refus.value).upper()


def test_la_base_tient_ses_contraintes_meme_sans_formulaire():
    deja = QuartierFactory()
    refusee_en_base(lambda: CommuneFactory(code_insee="123"), "commune_code_5_caracteres")
    refusee_en_base(lambda: EpciFactory(siren="123"), "epci_siren_9_chiffres")
    refusee_en_base(lambda: QuartierFactory(millesime=2019), "quartier_millesime_connu")
    refusee_en_base(lambda: QuartierFactory(code=""), "quartier_code_rempli")
    refusee_en_base(lambda: QuartierFactory(emprise=(-1.6, 49.6, -1.7, 49.7)), "quartier_emprise_ordonnee")
    refusee_en_base(lambda: QuartierFactory(code=deja.code), "quartier_code_millesime_unique")
    structure = TerritoireFactory().structure
    refusee_en_base(lambda: Territoire.objects.create(structure=structure, nom="Second"), "structure_id")


def test_le_meme_code_existe_dans_les_deux_millesimes():
    QuartierFactory(code="QP050001", millesime=2015)
    QuartierFactory(code="QP050001", millesime=2024)
    assert QuartierPrioritaire.objects.filter(code="QP050001").count() == 2


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"millesime": 2019}, "2015 ou 2024"),
        ({"code": ""}, "1 à 8 caractères"),
        ({"ouest": 2.0, "est": 1.0}, "inversée"),
    ],
)
def test_le_message_est_une_phrase(champs, message):
    quartier = QuartierFactory()
    for nom, valeur in champs.items():
        setattr(quartier, nom, valeur)
    with pytest.raises(ValidationError, match=message):
        quartier.validate_constraints()


def test_deux_fois_le_meme_quartier_se_dit():
    deja = QuartierFactory()
    with pytest.raises(ValidationError, match="existe déjà dans ce millésime"):
        QuartierFactory.build(code=deja.code).validate_constraints()
