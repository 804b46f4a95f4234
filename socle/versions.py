"""Deux personnes remplissent le même formulaire : la seconde voit ce que la première a enregistré, et ne perd rien.

Ce que montre un formulaire est un dictionnaire {nom du champ: valeur} ; sa version en est l'empreinte. En trois gestes :

1. le formulaire hérite de `FormulaireVersionne` et reçoit `version=version_de(valeurs)` à l'affichage ;
2. la vue passe `form.version_vue` au service ;
3. le service, la ligne verrouillée, relit `valeurs` et appelle `exiger_version(version_vue, valeurs)`.

Un écart lève `VersionDepassee` ; `form.reporter(refus)` garde ce qui est tapé, dit à côté de chaque champ ce qui est
désormais enregistré, et prend la nouvelle version : le second envoi se fait en connaissance de cause.
Des champs qui ne sont pas au formulaire (un état) peuvent entrer dans `valeurs` : leur écart se dit en tête.
"""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from socle.forms import Formulaire
from socle.regles import RegleViolee

CHAMP_VERSION = "version"
DEPASSEE = (
    "Quelqu'un a enregistré entre-temps. Ce que vous avez tapé est gardé ; à côté, ce qui est enregistré désormais. "
    "Relisez, puis enregistrez à nouveau."
)


class VersionDepassee(RegleViolee):
    """Ce qui est enregistré n'est plus ce que la personne avait sous les yeux. `valeurs` : ce qui l'est désormais."""

    def __init__(self, valeurs: Mapping[str, Any]):
        super().__init__(DEPASSEE)
        self.valeurs = dict(valeurs)


def version_de(valeurs: Mapping[str, Any]) -> str:
    """L'empreinte de ce qui est montré. Une valeur vide ne compte pas ; 10 et 10,00 sont la même."""
    lues = sorted((nom, _texte(valeur)) for nom, valeur in valeurs.items() if not _vide(valeur))
    return hashlib.sha256(repr(lues).encode()).hexdigest()[:32]


def exiger_version(vue: str, valeurs: Mapping[str, Any]) -> None:
    """À appeler sous le verrou. Sans version (appel sans formulaire), rien n'est exigé."""
    if vue and vue != version_de(valeurs):
        raise VersionDepassee(valeurs)


def _vide(valeur: Any) -> bool:
    return valeur is None or valeur == ""


def _texte(valeur: Any) -> str:
    return f"{valeur.normalize():f}" if isinstance(valeur, Decimal) else str(valeur)


class FormulaireVersionne(Formulaire):
    """Un formulaire qui porte, cachée, la version de ce qu'il a montré."""

    def __init__(self, *args, version: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        cache = forms.CharField(required=False, max_length=64, initial=version, widget=forms.HiddenInput)
        self.fields[CHAMP_VERSION] = cache

    @property
    def version_vue(self) -> str:
        return self.cleaned_data.get(CHAMP_VERSION, "")

    def reporter(self, refus: ValidationError) -> None:
        super().reporter(refus)
        if isinstance(refus, VersionDepassee):
            self._montrer_l_autre(refus.valeurs)

    def _montrer_l_autre(self, valeurs: Mapping[str, Any]) -> None:
        for nom in [nom for nom in self.fields if nom != CHAMP_VERSION and nom in valeurs]:
            tapee, enregistree = self.cleaned_data.get(nom), valeurs[nom]
            if (_vide(tapee) and _vide(enregistree)) or _texte(tapee) == _texte(enregistree):
                continue
            self.add_error(nom, f"Enregistré entre-temps : {self._lisible(nom, enregistree)}.")
        self.data = self.data.copy()
        self.data[self.add_prefix(CHAMP_VERSION)] = version_de(valeurs)

    def _lisible(self, nom: str, valeur: Any) -> str:
        if _vide(valeur):
            return "vide"
        choix = dict(getattr(self.fields[nom], "choices", ()))
        return str(choix.get(valeur) or self.fields[nom].prepare_value(valeur))
