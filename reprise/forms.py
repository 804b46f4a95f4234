from pathlib import Path

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat

from reprise.lecture.archive import PAS_UN_XLSX
from socle.forms import Formulaire


class DepotForm(Formulaire):
    """Le dépôt d'un classeur. Son contenu est regardé ensuite, par la file."""

    fichier = forms.FileField(
        label="Votre classeur",
        help_text="Un classeur Excel (.xlsx) de 20 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "Choisissez votre classeur.", "empty": "Ce fichier est vide."},
    )

    def clean_fichier(self):
        fichier = self.cleaned_data["fichier"]
        if fichier.size > settings.FICHIER_IMPORTE_TAILLE_MAX:
            maximum = filesizeformat(settings.FICHIER_IMPORTE_TAILLE_MAX)
            raise ValidationError(f"Ce fichier pèse {filesizeformat(fichier.size)}, plus que les {maximum} permis.")
        if Path(fichier.name).suffix.casefold() != ".xlsx":
            raise ValidationError(PAS_UN_XLSX)
        return fichier
