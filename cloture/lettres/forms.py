"""Envoyer une lettre, dire comment elle a été remise."""

from django import forms

from cloture.enums import RemiseLettre
from socle.champs import JourField
from socle.forms import Formulaire


class LettreForm(Formulaire):
    repondre_avant = JourField(
        label="L'entreprise répond avant le", help_text="Le délai usuel se règle pour toute la structure."
    )


class RemiseForm(Formulaire):
    """Comment et quand une lettre que l'on a portée ou postée est parvenue."""

    remise = forms.ChoiceField(label="Comment", choices=RemiseLettre.a_la_main(), widget=forms.RadioSelect)
    le = JourField(label="Reçue le", help_text="La date de l'avis de réception, ou du jour de la remise.")
