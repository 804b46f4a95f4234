import datetime
from decimal import Decimal
from importlib import import_module

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from socle.champs import CodePostalField, EurosField, HeuresField, JourField, MoisField, NombreField, SiretField
from socle.forms import Formulaire, FormulaireMixin
from socle.validateurs import normaliser_siret
from tests.fabriques.commun import siret


class FormulaireDEssai(Formulaire):
    heures = HeuresField(label="Heures")
    montant = EurosField(label="Montant", required=False)
    mois = MoisField(label="Mois", required=False)
    siret = SiretField(required=False)
    notes = forms.CharField(label="Notes", required=False)


def erreurs(**donnees) -> dict:
    return FormulaireDEssai({"heures": "1", **donnees}).errors


def test_les_heures_se_tapent_a_la_francaise():
    form = FormulaireDEssai({"heures": "1 234,5", "montant": "12 000 €"})
    assert form.is_valid()
    assert form.cleaned_data["heures"] == Decimal("1234.5")
    assert form.cleaned_data["montant"] == 12000


@pytest.mark.parametrize("tape", ["douze", "1,2,3", "-1", "1,234"])
def test_des_heures_impossibles_sont_dites_a_cote_du_champ(tape):
    assert list(erreurs(heures=tape)) == ["heures"]


@pytest.mark.parametrize(
    ("tape", "lues"), [("88h30", "88.5"), ("88:30", "88.5"), ("7 h 20 min", "7.33"), ("12h", "12"), ("0H05", "0.08")]
)
def test_des_heures_se_tapent_aussi_a_l_horloge(tape, lues):
    assert HeuresField().clean(tape) == Decimal(lues)


@pytest.mark.parametrize("tape", ["88h3", "88h60", "8:300", "12:30:00", "h30"])
def test_une_horloge_impossible_n_est_pas_devinee(tape):
    with pytest.raises(ValidationError, match="Tapez un nombre, par exemple 1 234,5"):
        HeuresField().clean(tape)


def test_une_faute_a_la_fois_et_un_exemple_a_la_taille_du_champ():
    champ = HeuresField(max_value=250, error_messages={"max_value": "Pas plus de 250 heures dans un mois."})
    with pytest.raises(ValidationError, match="par exemple 35,5"):
        champ.clean("beaucoup")
    with pytest.raises(ValidationError) as refus:
        champ.clean("9" * 40)
    assert refus.value.messages == ["Pas plus de 250 heures dans un mois."]


def test_ce_qui_est_montre_se_renvoie_sans_changement():
    champ = NombreField(label="Nombre")
    assert champ.clean(champ.prepare_value(Decimal("12345.60"))) == Decimal("12345.6")


def test_l_unite_est_dite_une_fois_dans_l_etiquette():
    assert FormulaireDEssai().fields["heures"].label == "Heures (h)"
    assert FormulaireDEssai().fields["montant"].label == "Montant (€ HT)"


@pytest.mark.parametrize("tape", ["2026-10", "10/2026"])
def test_un_mois_est_son_premier_jour(tape):
    assert MoisField().clean(tape) == datetime.date(2026, 10, 1)


@pytest.mark.parametrize("tape", ["2026-13", "demain"])
def test_un_mois_impossible_est_refuse_en_francais(tape):
    with pytest.raises(ValidationError, match="Tapez un mois"):
        MoisField().clean(tape)


def test_un_jour_se_montre_comme_le_navigateur_l_attend():
    assert 'value="2026-10-05"' in str(JourField().widget.render("jour", datetime.date(2026, 10, 5)))


def test_un_siret_se_tape_avec_des_espaces():
    assert SiretField().clean("732 829 320 00074") == "73282932000074"


@pytest.mark.parametrize(
    ("tape", "motif"),
    [("732829320", "14 chiffres"), ("7328293200007A", "que des chiffres"), ("73282932000075", "clé de contrôle")],
)
def test_un_siret_faux_dit_pourquoi(tape, motif):
    with pytest.raises(ValidationError, match=motif):
        SiretField().clean(tape)


def test_un_etablissement_de_la_poste_a_sa_propre_regle():
    assert normaliser_siret("35600000049837") == "35600000049837"


def test_un_siret_facultatif_peut_rester_vide():
    assert SiretField(required=False).clean("") == ""


def test_les_fabriques_font_des_siret_valables():
    assert len({normaliser_siret(siret(rang)) for rang in range(50)}) == 50


def test_un_numero_de_securite_sociale_est_refuse_dans_tout_champ_texte():
    assert list(erreurs(notes="1 85 05 78 006 084 36")) == ["notes"]


def _formulaires(classe=FormulaireMixin):
    for fille in classe.__subclasses__():
        yield fille
        yield from _formulaires(fille)


def test_tout_nombre_a_virgule_et_tout_code_se_lit_par_le_lecteur_de_la_maison():
    """Un champ de Django refuse « 12,5 » et fait de « 1.234 » un et quelque : il n'a pas sa place dans un formulaire."""
    des_urls = import_module(settings.ROOT_URLCONF)  # charge tous les formulaires
    assert des_urls.urlpatterns
    etrangers = [
        f"{classe.__name__}.{nom}"
        for classe in _formulaires()
        for nom, champ in getattr(classe, "base_fields", {}).items()
        if (isinstance(champ, forms.DecimalField) and not isinstance(champ, NombreField))
        or ("siret" in nom and not isinstance(champ, SiretField))
        or ("code_postal" in nom and not isinstance(champ, CodePostalField))
    ]
    assert etrangers == []
