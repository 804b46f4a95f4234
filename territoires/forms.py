"""Désigner une commune dans un formulaire : par son code, son nom ou son code postal, parmi toutes celles de France."""

from django import forms
from django.core.exceptions import ValidationError

from socle.champs import SuggestionsWidget
from territoires.designation import designer
from territoires.models import Commune


class CommuneWidget(SuggestionsWidget):
    """Parmi les communes de France."""

    nom_url = "territoires:communes_suggestions"


class AdresseWidget(SuggestionsWidget):
    """Parmi les adresses de la Base adresse nationale."""

    nom_url = "territoires:adresses_suggestions"
    confidentiel = True


class CommuneField(forms.Field):
    """Rend la `Commune` désignée (`territoires.designation`). Convient à un champ de
    modèle `ForeignKey(Commune)` comme à un formulaire libre ; vide et facultatif, rend `None`.
    """

    widget = CommuneWidget

    def __init__(self, *, queryset=None, **options):
        defauts = {"label": "Commune", "help_text": "Nom, code INSEE ou code postal."}
        super().__init__(**{**defauts, **options})
        self.queryset = queryset

    def get_queryset(self):
        return Commune.objects.all() if self.queryset is None else self.queryset.all()

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, Commune):
            return value or None
        return designer(value, parmi=self.get_queryset()) if str(value).strip() else None

    def prepare_value(self, value):
        if isinstance(value, int):
            value = self.get_queryset().filter(pk=value).first()
        return value.libelle if isinstance(value, Commune) else value

    def has_changed(self, initial, data) -> bool:
        if self.disabled:
            return False
        try:
            apres = self.to_python(data)
        except ValidationError:
            return True
        avant = initial.pk if isinstance(initial, Commune) else initial
        return (avant or None) != (apres.pk if apres else None)
