"""Émettre une attestation."""

from django import forms

from cloture.forms import DEUX_LIGNES
from cloture.models.penalite import SANS_NOM
from socle.forms import Formulaire


class AttestationForm(Formulaire):
    """Qui signe ; et, si une attestation est déjà émise, pourquoi la remplacer."""

    signataire = forms.CharField(label="Signataire", max_length=120, help_text="Prénom et nom.")
    qualite = forms.CharField(label="Qualité", max_length=120, required=False, help_text="Facilitateur, directrice…")
    motif = forms.CharField(
        label="Pourquoi la remplacer", max_length=300, widget=forms.Textarea(attrs=DEUX_LIGNES), help_text=SANS_NOM
    )

    def __init__(self, *args, remplace=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not remplace:
            del self.fields["motif"]
