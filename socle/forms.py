"""La base des formulaires : l'acteur borne les choix, les libellés disent ce qui est facultatif, les refus restent lisibles."""

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.db.models.fields import BLANK_CHOICE_LABEL
from django.utils.datastructures import MultiValueDict

from socle.choix import choix_de, garder_les_actuels
from socle.modeles import ChampJour
from socle.services.clair import en_mots
from socle.texte import nettoyer, sans_numero_national
from socle.versions import CHAMP_VERSION, VersionDepassee, est_vide, sont_pareils, version_de

CHOISIR = "Choisir…"


class Section(Div):
    """Des champs sous un titre. Le `Fieldset` de crispy compile le sien comme un gabarit : un nom y deviendrait un programme."""

    template = "composants/section.html"

    def __init__(self, titre: str, *champs):
        super().__init__(*champs)
        self.titre = titre


class Depliant(Section):
    """Des champs repliés sous un titre, dans le layout d'un formulaire ; ouvert s'il y a quelque chose à y voir."""

    template = "composants/depliant.html"

    def __init__(self, titre: str, *champs: str, ouvert: bool = False):
        super().__init__(titre, *champs)
        self.noms, self.ouvert = champs, ouvert

    def render(self, form, context, **options):
        self.ouvert = self.ouvert or any(nom in form.errors for nom in self.noms)
        return super().render(form, context, **options)


# Une classe mêlée à `Form` et à `ModelForm` : pour les types, elle en a déjà ce qu'ils ont en commun.
if TYPE_CHECKING:
    _Socle = forms.BaseForm
else:
    _Socle = object


def _est(champ: forms.Field, widget: type[forms.Widget]) -> bool:
    return isinstance(champ.widget, widget)


def _inviter_a_choisir(champ: forms.ModelChoiceField) -> None:
    """Le choix vide de Django ne dit rien : « Choisir… », sauf là où le formulaire a le sien (« Aucune », « Non précisé »)."""
    if champ.empty_label == BLANK_CHOICE_LABEL:
        champ.empty_label = CHOISIR


def _se_tape(champ: forms.Field) -> bool:
    """Un texte que quelqu'un tape. Un identifiant, une empreinte ou un mot de passe peut ressembler à un numéro par hasard."""
    hasard = isinstance(champ, forms.UUIDField) or isinstance(champ.widget, forms.PasswordInput)
    return isinstance(champ, forms.CharField) and not hasard and not champ.widget.is_hidden


class FormulaireMixin(_Socle):
    """Le formulaire connaît l'acteur ; l'erreur d'un service revient à côté de son champ."""

    fields: dict[str, Any]  # ce que l'on règle d'un champ (ses choix, ses bornes) dépend de sa classe
    data: Any  # un dictionnaire simple dans les essais, celui de la requête sinon

    def __init__(self, *args, acteur=None, **kwargs):
        self.acteur = acteur
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = True
        self.helper.use_custom_control = True
        self.borner_les_choix()
        garder_les_actuels(self.fields, self.valeurs_actuelles())
        for champ in self.fields.values():
            if isinstance(champ, forms.ModelChoiceField):
                _inviter_a_choisir(champ)
            elif isinstance(champ, forms.ChoiceField):
                champ.choices = [(valeur, libelle if valeur else CHOISIR) for valeur, libelle in choix_de(champ)]
            unite = getattr(champ, "unite", "")
            if unite and f"({unite})" not in str(champ.label or ""):
                champ.label = f"{champ.label} ({unite})"

    def borner_les_choix(self) -> None:
        """Réduit les listes de choix à la portée de l'acteur. Un choix hors portée est une erreur de champ, pas une fuite."""

    def valeurs_actuelles(self) -> dict[str, Any]:
        """Ce que porte déjà l'objet que l'on modifie : un choix qui n'est plus proposé lui reste, et le dit."""
        return {}

    def full_clean(self):
        if self.is_bound:
            self.data = self._saisie_nettoyee()
        super().full_clean()

    def _saisie_nettoyee(self) -> MultiValueDict | dict:
        """Ce qui est tapé, sans rien d'invisible. Un mot de passe reste tel quel ; l'octet nul, à l'erreur de son champ."""
        secrets = {self.add_prefix(nom) for nom, champ in self.fields.items() if _est(champ, forms.PasswordInput)}
        longs = {self.add_prefix(nom) for nom, champ in self.fields.items() if _est(champ, forms.Textarea)}

        def propre(cle: str, valeur):
            if not isinstance(valeur, str) or cle in secrets or "\0" in valeur:
                return valeur
            return nettoyer(valeur, une_ligne=cle not in longs)

        saisie = self.data.copy()
        if isinstance(saisie, MultiValueDict):
            for cle, valeurs in self.data.lists():
                saisie.setlist(cle, [propre(cle, valeur) for valeur in valeurs])
            return saisie
        return {cle: propre(cle, valeur) for cle, valeur in saisie.items()}

    def clean(self):
        valeurs = super().clean()
        for nom, champ in self.fields.items():
            if _se_tape(champ):
                self._refuser_numero_national(nom)
        return valeurs

    def _refuser_numero_national(self, nom: str) -> None:
        if "siret" in nom:
            return  # 14 chiffres contrôlés par leur propre clé
        try:
            sans_numero_national(str(self.cleaned_data.get(nom) or ""))
        except ValidationError as erreur:
            self.add_error(nom, erreur)

    def add_error(self, field, error) -> None:
        """Une contrainte de base dit son champ par son code « champ:reference » : son message se pose à côté de lui."""
        if field is not None:
            super().add_error(field, error)
            return
        par_champ = getattr(error, "error_dict", None) or {NON_FIELD_ERRORS: ValidationError(error).error_list}
        for champ, erreurs in par_champ.items():
            for erreur in erreurs:
                vise = (erreur.code or "").removeprefix("champ:") if champ == NON_FIELD_ERRORS else champ
                super().add_error(vise if vise in self.fields else None, erreur)

    def montre(self) -> dict[str, Any]:
        """Ce que le formulaire montre avant toute saisie, champ par champ : la matière de sa version."""
        montrables = {
            nom: champ
            for nom, champ in self.fields.items()
            if not champ.disabled and not isinstance(champ, forms.FileField)
        }
        return {nom: self.get_initial_for_field(champ, nom) for nom, champ in montrables.items()}

    def reporter(self, refus: ValidationError) -> None:
        """Pose l'erreur d'un service sur le formulaire ; un champ absent du formulaire devient une erreur générale."""
        self.add_error(None, refus)
        if isinstance(refus, VersionDepassee):
            for nom in [nom for nom in self.fields if nom in refus.ecarts]:
                enregistree = refus.valeurs[nom]
                if not sont_pareils(self.cleaned_data.get(nom), enregistree):
                    self.add_error(nom, f"Enregistré entre-temps : {self.lisible(nom, enregistree)}.")

    def lisible(self, nom: str, valeur: Any) -> str:
        """Une valeur enregistrée, dite comme le champ la montre."""
        champ = self.fields[nom]
        if est_vide(valeur):
            return "vide"
        if isinstance(valeur, list):
            return ", ".join(self.lisible(nom, une) for une in valeur)
        if isinstance(champ, forms.ModelChoiceField):
            ligne = self.fields[nom].queryset.filter(pk=getattr(valeur, "pk", valeur)).first()
            return champ.label_from_instance(ligne) if ligne else "un choix qui n'est plus proposé"
        if isinstance(valeur, models.Model):
            return str(valeur)
        choix = dict(getattr(champ, "choices", ()))
        return en_mots(choix.get(valeur) or champ.prepare_value(valeur))


class Formulaire(FormulaireMixin, forms.Form):
    """Formulaire libre."""


class FormulaireVersionne(Formulaire):
    """Un formulaire de plusieurs lignes, qui porte lui-même la version de ce qu'il a montré : voir `socle.versions`."""

    def __init__(self, *args, version: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[CHAMP_VERSION] = forms.CharField(required=False, initial=version, widget=forms.HiddenInput)

    @property
    def version_vue(self) -> str:
        return self.cleaned_data.get(CHAMP_VERSION, "")

    def version_pour(self, valeurs: Mapping[str, Any]) -> str:
        """La version d'une page qui montre ces valeurs."""
        return version_de(valeurs)

    def reporter(self, refus: ValidationError) -> None:
        super().reporter(refus)
        if isinstance(refus, VersionDepassee):
            self.repartir_de(refus.valeurs)

    def repartir_de(self, valeurs: Mapping[str, Any]) -> None:
        """La page remontrée part de ce qui est enregistré : la renvoyer l'écrase en connaissance de cause."""
        self.data = self.data.copy()
        self.data[self.add_prefix(CHAMP_VERSION)] = self.version_pour(valeurs)


class FormulaireModele(FormulaireMixin, forms.ModelForm):
    """Formulaire d'un modèle ; `valeurs()` rend ce que le service attend. L'objet n'est jamais enregistré ici.

    Le contrôle écrit la saisie sur une copie : l'objet de la vue reste ce qui est enregistré, et un service peut s'y fier.
    """

    Meta: Any

    def __init__(self, *args, instance=None, **kwargs):
        super().__init__(*args, instance=copy.copy(instance), **kwargs)
        a_une_structure = any(champ.name == "structure" for champ in self.instance._meta.fields)
        if a_une_structure and self.instance.pk is None:
            # Connue dès le contrôle : les doublons de la structure se disent à côté de leur champ.
            self.instance.structure = self.acteur.organisation
        self._borner_les_jours()

    def _borner_les_jours(self) -> None:
        """Les bornes d'une date sont celles de son champ en base : elles ne se redisent pas dans chaque formulaire."""
        for champ in self.instance._meta.fields:
            if isinstance(champ, ChampJour) and champ.name in self.fields:
                self.fields[champ.name].bornes = champ.bornes

    def valeurs_actuelles(self) -> dict[str, Any]:
        if self.instance.pk is None:
            return {}
        modele = self.instance._meta
        clefs = {champ.name: getattr(self.instance, champ.attname) for champ in modele.concrete_fields}
        renvois = {nom: [clefs[nom]] for nom in clefs if modele.get_field(nom).is_relation and clefs[nom] is not None}
        listes = {liste.name: self._lignes_de(liste.name) for liste in modele.many_to_many if liste.name in self.fields}
        return {**clefs, **renvois, **listes}

    def _lignes_de(self, liste: str) -> QuerySet:
        return getattr(self.instance, liste).order_by().values("pk")

    def _get_validation_exclusions(self) -> set[str]:
        """Un objet choisi qui n'est pas encore enregistré (un métier tapé) se contrôle quand le service l'écrit."""
        choisis = getattr(self, "cleaned_data", {}).items()
        neufs = {nom for nom, valeur in choisis if isinstance(valeur, models.Model) and valeur.pk is None}
        return super()._get_validation_exclusions() | neufs  # type: ignore[misc]  # que les annotations de Django taisent

    def valeurs(self) -> dict:
        return dict(self.cleaned_data)

    def figer(self, motif: str) -> None:
        """Les champs du modèle ne se changent pas ici, et le premier dit pourquoi ; les autres restent ouverts."""
        for nom in self.Meta.fields:
            self.fields[nom].disabled = True
        self.fields[self.Meta.fields[0]].help_text = motif


class CodeForm(Formulaire):
    """Le code reçu par courriel, avec ou sans espaces."""

    code = forms.CharField(
        label="Code à six chiffres",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self):
        code = "".join(self.cleaned_data["code"].split())
        if not (code.isascii() and code.isdigit() and len(code) == 6):
            raise ValidationError("Tapez les six chiffres reçus par courriel.")
        return code
