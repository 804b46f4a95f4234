"""Nommer sur place un acheteur ou une entreprise que la liste n'a pas : la saisie en cours n'est pas perdue."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError

from marches.enums import TypeMaitreOuvrage
from socle.champs import SiretField
from socle.forms import Depliant, FormulaireModele

PREFIXE = "nouveau_"

if TYPE_CHECKING:
    _Formulaire = FormulaireModele
else:
    _Formulaire = object


@dataclass(frozen=True, slots=True)
class Nouveau:
    """Ce qui se dit d'un inconnu : `choix`, le champ de la liste qu'il remplace ; `argument`, celui du service."""

    choix: str
    argument: str
    titre: str
    champs: Callable[[], dict[str, forms.Field]]
    essentiels: tuple[str, ...]
    a_choisir: str = ""


def _de_l_acheteur() -> dict[str, forms.Field]:
    return {
        "nom": forms.CharField(label="Nom du nouvel acheteur", max_length=200, required=False),
        "type": forms.ChoiceField(
            label="Type", choices=TypeMaitreOuvrage.choices, required=False, initial=TypeMaitreOuvrage.COMMUNE
        ),
        "siret": SiretField(label="SIRET", required=False, help_text="S'il est connu : sa fiche commune est reprise."),
    }


def _de_l_entreprise() -> dict[str, forms.Field]:
    return {
        "siret": SiretField(label="SIRET de la nouvelle entreprise", required=False),
        "raison_sociale": forms.CharField(label="Raison sociale", max_length=200, required=False),
    }


ACHETEUR = Nouveau(
    "maitre_ouvrage",
    "nouvel_acheteur",
    "Il n'est pas dans la liste : un nouvel acheteur",
    _de_l_acheteur,
    ("nom",),
    "Choisissez un maître d'ouvrage, ou nommez-en un nouveau.",
)
ENTREPRISE = Nouveau(
    "entreprise",
    "nouvelle_entreprise",
    "Elle n'est pas dans la liste : une nouvelle entreprise",
    _de_l_entreprise,
    ("siret", "raison_sociale"),
    "Choisissez une entreprise, ou donnez-en une nouvelle.",
)
ATTRIBUTAIRE = Nouveau(ENTREPRISE.choix, ENTREPRISE.argument, ENTREPRISE.titre, _de_l_entreprise, ENTREPRISE.essentiels)


class AvecUnNouveau(_Formulaire):
    """Un formulaire de création dont un choix admet un inconnu, dit sous la liste."""

    nouveau: Nouveau

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self._proposer_un_nouveau()

    def _proposer_un_nouveau(self) -> None:
        champs = {PREFIXE + nom: champ for nom, champ in self.nouveau.champs().items()}
        noms = list(self.fields)
        self.fields |= champs
        choix = self.fields[self.nouveau.choix]
        choix.required = bool(self.nouveau.a_choisir)
        choix.error_messages["required"] = self.nouveau.a_choisir
        apres = noms.index(self.nouveau.choix) + 1
        self.helper.layout = Layout(*noms[:apres], Depliant(self.nouveau.titre, *champs), *noms[apres:])

    def full_clean(self):
        """La liste reste obligatoire, sauf pour qui nomme un inconnu."""
        essentiels = (self.add_prefix(PREFIXE + nom) for nom in self.nouveau.essentiels)
        if any(str(self.data.get(nom) or "").strip() for nom in essentiels):
            self.fields[self.nouveau.choix].required = False
        super().full_clean()

    def clean(self):
        valeurs = super().clean()
        if PREFIXE + self.nouveau.essentiels[0] not in self.fields:
            return valeurs
        dits = {nom: valeurs.get(PREFIXE + nom) for nom in self.nouveau.essentiels}
        choisi = valeurs.get(self.nouveau.choix)
        if choisi and any(dits.values()):
            self.add_error(self.nouveau.choix, "Choisissez dans la liste, ou donnez un nouveau nom : pas les deux.")
        elif any(dits.values()):
            for nom, valeur in dits.items():
                if not valeur and PREFIXE + nom not in self.errors:
                    self.add_error(PREFIXE + nom, "Donnez-le aussi.")
        return valeurs

    def reporter(self, refus: ValidationError) -> None:
        """Ce que le service refuse de l'inconnu se dit à côté de son premier mot."""
        if self.nouveau.argument in getattr(refus, "error_dict", {}):
            self.add_error(PREFIXE + self.nouveau.essentiels[0], refus.messages)
        else:
            super().reporter(refus)

    def est_nouveau(self) -> bool:
        return bool(self.cleaned_data.get(PREFIXE + self.nouveau.essentiels[0]))

    def valeurs(self) -> dict[str, Any]:
        """Un inconnu passe au service sous `argument`, à la place du choix."""
        valeurs = super().valeurs()
        dits = {nom.removeprefix(PREFIXE): valeurs.pop(nom) for nom in list(valeurs) if nom.startswith(PREFIXE)}
        if self.est_nouveau():
            valeurs.pop(self.nouveau.choix)
            valeurs[self.nouveau.argument] = dits
        return valeurs
