"""Champs de formulaire tolérants : chacun lit par son lecteur de `socle.lecture`, comme les classeurs et les listes."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from socle.bornes import JOUR, Bornes
from socle.lecture import (
    EXEMPLE,
    Illisible,
    lire_code_postal,
    lire_decimal,
    lire_euros,
    lire_heures,
    lire_jour,
    lire_mois,
    lire_naissance,
)
from socle.nombres import nombre
from socle.validateurs import normaliser_siret


class NombreField(forms.DecimalField):
    """Un nombre écrit comme on l'écrit : « 1 234,5 ». Rend un `Decimal`."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    unite = ""
    lire = staticmethod(lire_decimal)
    exemple = EXEMPLE

    def to_python(self, value):
        if isinstance(value, str) and value.strip():
            try:
                value = self.lire(value, exemple=self.exemple)
            except Illisible as refus:
                raise ValidationError(str(refus), code="invalid") from refus
        return super().to_python(value)

    def run_validators(self, value):
        """La première faute suffit : trop grand, un nombre a aussi trop de chiffres."""
        try:
            super().run_validators(value)
        except ValidationError as erreur:
            raise ValidationError(erreur.error_list[:1]) from erreur

    def prepare_value(self, value):
        return nombre(value) if isinstance(value, Decimal) else value


class HeuresField(NombreField):
    """Des heures, deux décimales au plus, tapées « 88,5 » ou « 88h30 »."""

    unite = "h"
    lire = staticmethod(lire_heures)

    def __init__(self, **options):
        super().__init__(**{"min_value": 0, "max_digits": 10, "decimal_places": 2, **options})
        if self.max_value is not None and not callable(self.max_value) and self.max_value < 1000:
            self.exemple = "35,5"


class EurosField(NombreField):
    """Un montant hors taxes en euros, deux décimales au plus."""

    unite = "€ HT"
    lire = staticmethod(lire_euros)

    def __init__(self, **options):
        super().__init__(**{"min_value": 0, "max_digits": 14, "decimal_places": 2, **options})


class JourField(forms.DateField):
    """Un jour, avec le sélecteur natif du navigateur, dans les bornes de son genre. « %(raison)s » dit ce qui ne se lit pas."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": "%(raison)s"}
    lire = staticmethod(lire_jour)

    def __init__(self, *, bornes: Bornes = JOUR, **options):
        self.bornes = bornes
        super().__init__(**options)
        if bornes.naissance:
            self.lire = lire_naissance

    def to_python(self, value):
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value or None)
        try:
            return self.lire(value)
        except Illisible as refus:
            phrase = self.error_messages["invalid"]
            raise ValidationError(phrase, code="invalid", params={"raison": str(refus)}) from refus

    def validate(self, value):
        super().validate(value)
        if value is not None and not self.disabled:
            self.bornes(value)


class MoisField(JourField):
    """Un mois, rendu comme son premier jour."""

    widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
    lire = staticmethod(lire_mois)


class CodePostalField(forms.CharField):
    """Un code postal : « 50 100 » et « 1500 » font 50100 et 01500."""

    widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def __init__(self, **options):
        super().__init__(**{"max_length": 12, "label": "Code postal", **options})

    def clean(self, value):
        texte = super().clean(value)
        try:
            return lire_code_postal(texte) if texte else ""
        except Illisible as refus:
            raise ValidationError(str(refus), code="invalid") from refus


class SiretField(forms.CharField):
    """Un SIRET tapé avec ou sans espaces, contrôlé, rendu en 14 chiffres."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **options):
        super().__init__(**{"max_length": 24, "label": "SIRET", "help_text": "14 chiffres, espaces permis.", **options})

    def clean(self, value):
        texte = super().clean(value)
        return normaliser_siret(texte) if texte else ""


class SuggestionsWidget(forms.TextInput):
    """Un champ texte et sa liste de suggestions, rechargée pendant la frappe ; sans JavaScript, le champ suffit.

    `confidentiel` : ce qui est tapé situe quelqu'un ; il se poste, et ne s'écrit dans aucune adresse.
    """

    nom_url = ""
    confidentiel = False

    def render(self, name, value, attrs=None, renderer=None):
        identifiant = f"{(attrs or {}).get('id') or f'id_{name}'}_suggestions"
        adresse = f"{reverse(self.nom_url)}?{urlencode({'champ': name})}"
        suggestions = {
            "list": identifiant,
            "autocomplete": "off",
            **self._demande(name, adresse),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": f"#{identifiant}",
            "hx-swap": "innerHTML",
        }
        champ = super().render(name, value, {**(attrs or {}), **suggestions}, renderer)
        return format_html('{}<datalist id="{}"></datalist>', champ, identifiant)

    def _demande(self, name: str, adresse: str) -> dict[str, str]:
        if self.confidentiel:
            return {"hx-post": adresse, "hx-params": f"{name},csrfmiddlewaretoken"}
        return {"hx-get": adresse}
