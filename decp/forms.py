from pathlib import Path

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from marches.models import Marche
from socle.forms import Formulaire
from socle.nombres import taille


class DepotDecpForm(Formulaire):
    """Le dépôt d'un fichier de données essentielles. Son contenu est lu ensuite, par la file."""

    fichier = forms.FileField(
        label="Fichier DECP",
        help_text=f"Un fichier JSON au format réglementaire, de {taille(settings.FICHIER_IMPORTE_TAILLE_MAX)} au plus ; "
        "au-delà, l'administrateur le lit avec la commande importer_decp.",
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )
    a_blanc = forms.BooleanField(label="Essai : dire ce qui serait proposé, sans rien enregistrer", required=False)

    def clean_fichier(self):
        fichier = self.cleaned_data["fichier"]
        if fichier.size > settings.FICHIER_IMPORTE_TAILLE_MAX:
            maximum = taille(settings.FICHIER_IMPORTE_TAILLE_MAX)
            raise ValidationError(f"Ce fichier pèse {taille(fichier.size)}, plus que les {maximum} permis.")
        if Path(fichier.name).suffix.casefold() != ".json":
            raise ValidationError("Un fichier de données essentielles est un fichier .json.")
        return fichier


class RattacherForm(Formulaire):
    marche = forms.ModelChoiceField(label="Marché suivi", queryset=Marche.objects.none(), empty_label="Choisir…")

    def borner_les_choix(self) -> None:
        self.fields["marche"].queryset = (
            Marche.objects.visibles_par(self.acteur).actifs().order_by("-debut", "reference")
        )


class EcarterAvisForm(Formulaire):
    motif = forms.CharField(label="Pourquoi", required=False, max_length=200)
