"""Désigner une commune ou une intercommunalité dans un formulaire, composer un territoire, déposer des contours."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator

from socle.champs import SuggestionsWidget
from socle.forms import Formulaire
from socle.nombres import taille
from socle.validateurs import valider_nom
from territoires.composition import Composition
from territoires.designation import CHOIX_MONTRES, designer, designer_toutes
from territoires.enums import Millesime
from territoires.importation.source import FICHIER_MAX
from territoires.models import Commune, Epci
from territoires.querysets import SAISIE_MAX

EPCI_MAX = 6  # au-delà, un département se dit plus vite
ERREURS_MONTREES = 10
sans_octet_nul = ProhibitNullCharactersValidator()  # avant de chercher en base : PostgreSQL le refuserait
SIREN_ENTRE_PARENTHESES = re.compile(r"\((\d{9})\)")


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


class EpciWidget(SuggestionsWidget):
    """Parmi les intercommunalités."""

    nom_url = "territoires:epci_suggestions"


class EpciField(forms.Field):
    """Rend l'`Epci` désigné par son SIREN, son nom, ou des mots de son nom s'il est seul à répondre."""

    widget = EpciWidget
    default_error_messages = {
        "inconnu": "Intercommunalité inconnue : « %(saisie)s ». Tapez un mot de son nom, ou son SIREN.",
        "ambigu": "Plusieurs intercommunalités répondent à « %(saisie)s » : choisissez dans la liste. %(choix)s",
        "vide": "« %(saisie)s » n'a aucune commune connue : vérifiez son SIREN.",
    }

    def to_python(self, value):
        sans_octet_nul(str(value or ""))
        saisie = " ".join(str(value or "").split())[:SAISIE_MAX]
        if not saisie:
            return None
        siren = SIREN_ENTRE_PARENTHESES.search(saisie)
        trouves = Epci.objects.chercher(siren[1] if siren else saisie)
        if len(trouves) == 1:
            return self._peuple(trouves[0])
        choix = ", ".join(str(epci) for epci in trouves[:CHOIX_MONTRES])
        code = "ambigu" if trouves else "inconnu"
        raise ValidationError(self.error_messages[code], code=code, params={"saisie": saisie, "choix": choix})

    def _peuple(self, epci: Epci) -> Epci:
        if not epci.membres.exists():
            raise ValidationError(self.error_messages["vide"], code="vide", params={"saisie": epci.nom})
        return epci


class EpcisWidget(forms.MultiWidget):
    def __init__(self, attrs=None):
        super().__init__(
            [EpciWidget({"aria-label": f"Intercommunalité {rang}"}) for rang in range(1, EPCI_MAX + 1)], attrs
        )

    fausses: frozenset[int] = frozenset()  # les cases que l'on n'a pas su lire, dites par le champ

    def get_context(self, name, value, attrs):
        """Une case fausse est fausse, pas ses voisines : un lecteur d'écran n'annonce que celle-là."""
        contexte = super().get_context(name, value, attrs)
        for rang, case in enumerate(contexte["widget"]["subwidgets"]):
            if rang not in (self.fausses or {0}):
                case["attrs"].pop("aria-invalid", None)
        return contexte

    def decompress(self, value):
        return [""] * EPCI_MAX  # une liste arrive déjà découpée : ceci ne sert qu'au champ vide


class EpcisField(forms.MultiValueField):
    """Quelques intercommunalités, une par case ; rend leur liste sans doublon."""

    def __init__(self, **options):
        champs = [EpciField(required=False) for _ in range(EPCI_MAX)]
        super().__init__(champs, widget=EpcisWidget, require_all_fields=False, **options)

    def clean(self, value):
        try:
            return super().clean(value)
        except ValidationError:
            self.widget.fausses = frozenset(rang for rang, tape in enumerate(value or []) if not self._se_lit(tape))
            raise

    def _se_lit(self, tape) -> bool:
        try:
            self.fields[0].clean(tape)
        except ValidationError:
            return False
        return True

    def compress(self, valeurs):
        return list({epci.pk: epci for epci in valeurs if epci}.values())


class CommunesField(forms.CharField):
    """Une commune par ligne (ou séparées d'un point-virgule) : son nom, son code INSEE ou postal. Rend leur liste."""

    def __init__(self, **options):
        super().__init__(widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}), max_length=100_000, **options)

    def to_python(self, value):
        saisie = super().to_python(value) or ""
        sans_octet_nul(saisie)
        lignes = (" ".join(ligne.split()) for ligne in re.split(r"[;\n]", saisie))
        tapees = [ligne for ligne in lignes if ligne]
        designees = designer_toutes(tapees)
        lues = [designees[ligne] for ligne in dict.fromkeys(tapees)]
        if refus := [lue for lue in lues if isinstance(lue, ValidationError)]:
            raise ValidationError([phrase for lue in refus[:ERREURS_MONTREES] for phrase in lue.messages])
        return list({lue.pk: lue for lue in lues if isinstance(lue, Commune)}.values())

    def validate(self, value):
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value):
        """Ceux d'un texte : la liste est déjà lue."""


class TerritoireForm(Formulaire):
    """Ce qui compose le territoire ; `communes_retenues` une fois le formulaire valide."""

    epci = EpcisField(
        label="Intercommunalités",
        required=False,
        help_text=(
            "Une par case : un mot du nom, ou le SIREN ; les établissements du Grand Paris aussi. Toutes leurs communes "
            "entrent dans le territoire."
        ),
    )
    departements = forms.CharField(
        label="Départements",
        required=False,
        max_length=200,
        help_text="Leurs numéros, séparés d'une virgule : 50, 14. Toutes leurs communes entrent dans le territoire.",
    )
    communes = CommunesField(
        label="Communes", required=False, help_text="Une par ligne : son nom, son code INSEE ou son code postal."
    )
    sauf = CommunesField(
        label="Sauf ces communes",
        required=False,
        help_text="Pour une partie seulement d'une intercommunalité : celles que vous ne couvrez pas, une par ligne.",
    )
    nom = forms.CharField(
        label="Nom du territoire",
        required=False,
        max_length=150,
        validators=[valider_nom],
        help_text="Vide : celui de l'intercommunalité s'il n'y en a qu'une, sinon celui de la structure.",
    )

    def clean_departements(self):
        codes = [code.upper().zfill(2) for code in re.split(r"[\s,;]+", self.cleaned_data["departements"]) if code]
        connus = set(
            Commune.objects.filter(code_departement__in=codes).order_by().values_list("code_departement", flat=True)
        )
        if inconnus := [code for code in codes if code not in connus]:
            raise ValidationError(f"Département inconnu : {', '.join(inconnus)[:80]}. Tapez son numéro : 50, 2A, 974.")
        return ", ".join(dict.fromkeys(codes))

    def clean(self):
        valeurs = super().clean()
        if self.errors:
            return valeurs
        composition = Composition(
            epci=valeurs["epci"],
            departements=[code for code in valeurs["departements"].split(", ") if code],
            communes=valeurs["communes"],
            sauf=valeurs["sauf"],
        )
        reunies = composition.reunies()
        if en_trop := [commune for commune in composition.sauf if commune not in reunies]:
            self.add_error("sauf", f"{en_trop[0].libelle} n'est pas dans le territoire composé au-dessus.")
        self.communes_retenues = composition.retenues()
        if not self.errors and not self.communes_retenues:
            raise ValidationError("Dites au moins une intercommunalité, un département ou une commune.")
        return valeurs

    def nom_du_territoire(self) -> str:
        """Le nom tapé ; à défaut, celui de la seule intercommunalité."""
        valeurs = self.cleaned_data
        seule = len(valeurs["epci"]) == 1 and not (valeurs["departements"] or valeurs["communes"] or valeurs["sauf"])
        return valeurs["nom"] or (valeurs["epci"][0].nom if seule else "")


class QuartiersForm(Formulaire):
    """Le fichier officiel des contours d'une géographie."""

    millesime = forms.TypedChoiceField(label="Géographie", choices=Millesime.choices, coerce=int)
    fichier = forms.FileField(
        label="Fichier des contours",
        help_text=(
            f"Un GeoJSON (.geojson ou .json) en WGS84, ou une archive .zip qui en contient un : {taille(FICHIER_MAX)} "
            "au plus. Il porte pour chaque quartier son code (code_qp) et son nom (lib_qp ou nom_qp)."
        ),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.zip"}),
        error_messages={"required": "Choisissez le fichier.", "empty": "Ce fichier est vide."},
    )

    def clean_fichier(self):
        fichier = self.cleaned_data["fichier"]
        if fichier.size > FICHIER_MAX:
            raise ValidationError(f"Ce fichier pèse {taille(fichier.size)} : {taille(FICHIER_MAX)} au plus.")
        return fichier
