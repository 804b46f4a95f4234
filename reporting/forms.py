"""Les formulaires des bilans : filtrer l'année, dire ses objectifs, préparer, écrire, publier, régler."""

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from comptes.models import Organisation
from marches.enums import Nature
from marches.models import MaitreOuvrage, Marche, Operation
from reporting.bilan.textes import LONGUEUR_MAX, RUBRIQUES
from reporting.calcul.indicateurs import Unite
from reporting.calcul.registre import CLES_D_OBJECTIF, PAR_CLE
from reporting.calcul.selection import Selection, choix_de_periode
from reporting.enums import Presentation, Variante
from reporting.extraits.national import COLONNES
from reporting.lecture import periodes
from reporting.models import PREMIERE_ANNEE, ReglagesBilan
from reporting.recit.ecriture import majuscule
from reporting.services import destinataires_possibles
from reporting.variantes import A_CIBLE
from socle.champs import JourField, MoisField, NombreField
from socle.forms import Formulaire, FormulaireModele
from socle.nombres import nombre

ENTRE_DEUX_DATES = "dates"
MOIS_AU_PLUS = 36
TROP_LONG = f"{nombre(LONGUEUR_MAX)} signes au plus ; ce texte en compte %(show_value)s."


class PreparationForm(Formulaire):
    """Quelle période, quels marchés, et comment s'y lisent les parts."""

    periode = forms.ChoiceField(label="Période")
    debut = JourField(
        label="Du",
        required=False,
        help_text="Deux dates remplies l'emportent sur la période choisie au-dessus. Une heure est connue au mois : le mois "
        "compte en entier.",
    )
    fin = JourField(label="Au", required=False)
    maitre_ouvrage: forms.ModelChoiceField = forms.ModelChoiceField(
        label="Maître d'ouvrage", queryset=None, to_field_name="uuid"
    )
    operation: forms.ModelChoiceField = forms.ModelChoiceField(label="Opération", queryset=None, to_field_name="uuid")
    marche: forms.ModelChoiceField = forms.ModelChoiceField(label="Marché", queryset=None, to_field_name="uuid")
    presentation = forms.ChoiceField(
        label="Présentation des parts",
        choices=[
            (Presentation.EXACTE, "Exacte : « 24,7 % »"),
            (Presentation.GRAND_PUBLIC, "Grand public : « ¼ », « 55 % », « près de la moitié »"),
        ],
        widget=forms.RadioSelect,
        initial=Presentation.EXACTE,
        help_text="L'autre lecture, l'effectif et le total sont toujours écrits à côté.",
    )

    def __init__(self, *args, annees: list[int], variante: Variante, **kwargs):
        self.variante = variante
        super().__init__(*args, **kwargs)
        self.fields["periode"].choices = choix_de_periodes(annees)

    def borner_les_choix(self) -> None:
        """Une variante n'a qu'un champ pour ce qu'elle borne : un acheteur, une opération, un marché, ou rien."""
        self.fields["maitre_ouvrage"].queryset = MaitreOuvrage.objects.visibles_par(self.acteur)
        self.fields["operation"].queryset = Operation.objects.visibles_par(self.acteur)
        self.fields["marche"].queryset = Marche.objects.visibles_par(self.acteur)
        for cle in A_CIBLE:
            if cle != self.variante:
                del self.fields[cle]

    def clean(self):
        valeurs = super().clean()
        if self.par_dates:
            self.errors.pop("periode", None)  # elles l'emportent : la liste n'a plus rien à dire
            for nom in ("debut", "fin"):
                if not valeurs.get(nom) and nom not in self.errors:
                    self.add_error(nom, "Dites le premier et le dernier jour de la période.")
            if valeurs.get("debut") and valeurs.get("fin") and valeurs["debut"] > valeurs["fin"]:
                self.add_error("fin", "La période finit avant de commencer.")
        return valeurs

    @property
    def par_dates(self) -> bool:
        """Vrai dès qu'une date est tapée, même mal : ce qui est écrit ne s'ignore pas."""
        lues = self.cleaned_data
        tapees = lues.get("debut") or lues.get("fin") or self.errors.keys() & {"debut", "fin"}
        return bool(tapees) or lues.get("periode") == ENTRE_DEUX_DATES

    def reporter(self, refus: ValidationError) -> None:
        """Ce que le service refuse d'une période se dit à côté de ce qui l'a donnée : la liste, ou les dates."""
        par_champ = getattr(refus, "error_dict", {})
        if self.par_dates and "periode" in par_champ:
            refus = ValidationError({"debut": par_champ["periode"]})
        super().reporter(refus)

    @property
    def choix(self) -> dict[str, Any]:
        """Ce que le service attend."""
        valeurs = self.cleaned_data
        if self.par_dates:
            periode = periodes.en_mois_entiers(valeurs["debut"], valeurs["fin"])
        else:
            periode = periodes.lire(valeurs["periode"])
        return {
            "variante": self.variante,
            "periode": periode,
            "cible": valeurs.get(self.variante),
            "presentation": valeurs["presentation"],
        }


def choix_de_periodes(annees: list[int]) -> list:
    """Chaque année connue, ses semestres, ses trimestres ; puis deux dates."""
    groupes: list = [
        (str(annee), [(cle, periodes.nommer(periodes.lire(cle))) for cle in periodes.de_l_annee(annee)])
        for annee in annees
    ]
    return [*groupes, (ENTRE_DEUX_DATES, "Entre deux dates")]


class TextesForm(Formulaire):
    """Ce que le facilitateur écrit dans les rubriques du bilan. **Gras**, *italique*, listes à tirets : rien d'autre à savoir."""

    AIDE = (
        f"{nombre(LONGUEUR_MAX)} signes au plus. Une ligne vide sépare deux paragraphes ; « - » en tête de ligne fait une "
        "liste ; **deux astérisques**, du gras."
    )

    def __init__(self, *args, rubriques: Collection[str], **kwargs):
        super().__init__(*args, **kwargs)
        for cle in rubriques:
            self.fields[cle] = forms.CharField(
                label=RUBRIQUES[cle],
                required=False,
                # Un validateur, non `max_length` : un navigateur couperait sans un mot le texte collé.
                validators=[MaxLengthValidator(LONGUEUR_MAX, TROP_LONG)],
                widget=forms.Textarea(attrs={"rows": 8}),
                help_text=self.AIDE,
            )


class PublicationForm(Formulaire):
    """À qui le bilan est remis. Qui avait reçu la version d'avant est déjà coché ; l'ôter se confirme."""

    destinataires: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label="Destinataires",
        queryset=None,
        to_field_name="uuid",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un destinataire."},
    )
    retires: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        label="Publier sans eux",
        queryset=None,
        to_field_name="uuid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Cochez ceux qui ne doivent pas voir cette version : la précédente quitte aussi leur page.",
    )
    incomplet = forms.BooleanField(
        label="Publier avec ce qui manque",
        error_messages={
            "required": "Des mois manquent : cochez pour publier quand même, ou attendez qu'ils soient validés."
        },
    )
    motif = forms.CharField(
        label="Pourquoi une nouvelle version",
        max_length=300,
        help_text="Une phrase, que les destinataires liront : « 42 heures de mars validées après coup ».",
    )

    def __init__(self, *args, version: int, anciens: Collection[Organisation], manques: Collection[str] = (), **kwargs):
        self.version, self.anciens, self.manques = version, anciens, manques
        super().__init__(*args, **kwargs)

    def borner_les_choix(self) -> None:
        self.fields["destinataires"].queryset = destinataires_possibles(self.acteur.organisation)
        self.fields["destinataires"].initial = self.anciens
        if self.version == 1:
            del self.fields["motif"]
        if self.manques:
            self.fields["incomplet"].help_text = f"Ce document se dira provisoire. {' ; '.join(self.manques)}."
        else:
            del self.fields["incomplet"]
        oublies = [organisation.pk for organisation in self._oublies()]
        if oublies:
            self.fields["retires"].queryset = Organisation.objects.filter(pk__in=oublies).order_by("nom")
        else:
            del self.fields["retires"]

    def _oublies(self) -> list[Organisation]:
        """Ceux de la version d'avant que l'envoi ne garde pas."""
        if not self.is_bound:
            return []
        gardes = set(self.data.getlist(self.add_prefix("destinataires")))
        return [organisation for organisation in self.anciens if str(organisation.uuid) not in gardes]

    def clean(self):
        valeurs = super().clean()
        confirmes = set(valeurs.get("retires") or ())
        if valeurs.get("destinataires"):
            for organisation in self._oublies():
                if organisation not in confirmes:
                    self.add_error("destinataires", self._avertir(organisation))
        return valeurs

    def _avertir(self, organisation: Organisation) -> str:
        return f"{organisation.nom} avait reçu la version {self.version - 1} : il ne verra pas celle-ci."

    @property
    def choix(self) -> dict[str, Any]:
        """Ce que le service attend."""
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if nom != "retires"}


class ReglagesForm(FormulaireModele):
    heures_par_etp = NombreField(
        label="Heures par équivalent temps plein (h)",
        min_value=1,
        max_digits=6,
        decimal_places=2,
        help_text="1 600 pour les consolidations nationales ; 1 607 (durée légale) ou 1 820 (heures payées) ailleurs.",
    )

    prepare_le_bilan = forms.BooleanField(
        label="Préparer d'office le bilan de l'année finie",
        required=False,
        help_text="Un brouillon, s'il n'y en a pas, et un courriel aux responsables. Rien n'est publié.",
    )
    jour_du_bilan = forms.IntegerField(
        label="À partir de quel jour de janvier", required=False, min_value=1, max_value=31
    )
    envoie_le_point = forms.BooleanField(
        label="Écrire à vos maîtres d'ouvrage chaque trimestre",
        required=False,
        help_text="Le 20 du mois qui suit le trimestre, à chaque membre d'un maître d'ouvrage partenaire : une phrase par marché "
        "suivi, ses heures dues, faites et attendues.",
    )

    class Meta:
        model = ReglagesBilan
        fields = ["heures_par_etp", "prepare_le_bilan", "jour_du_bilan", "envoie_le_point"]


class SelectionForm(Formulaire):
    """Ce que l'on retient de l'année en chiffres. Rien n'y est obligatoire ; un acheteur inconnu ne garde rien."""

    annee = forms.IntegerField(widget=forms.HiddenInput, required=False)
    presentation = forms.CharField(widget=forms.HiddenInput, required=False)
    periode = forms.ChoiceField(label="Période", required=False)
    acheteur = forms.UUIDField(label="Maître d'ouvrage", required=False, widget=forms.Select)
    quartier = forms.CharField(label="Habitants du quartier", required=False, max_length=20, widget=forms.Select)
    nature = forms.ChoiceField(label="Nature du marché", required=False)
    du = MoisField(label="Du mois", required=False, help_text="Deux mois remplis l'emportent sur la période.")
    au = MoisField(label="Au mois", required=False)

    def __init__(self, *args, annee: int, aujourd_hui: datetime.date, **kwargs):
        self.annee_lue, self.aujourd_hui = annee, aujourd_hui
        super().__init__(*args, **kwargs)
        self.fields["periode"].choices = choix_de_periode(annee)
        self.fields["nature"].choices = [("", "Toutes"), *Nature.choices]

    def clean(self):
        valeurs = super().clean()
        du, au = valeurs.get("du"), valeurs.get("au")
        if bool(du) != bool(au) and not self.errors.keys() & {"du", "au"}:
            self.add_error("au" if du else "du", "Dites le premier et le dernier mois.")
        elif du and au:
            self._verifier_les_mois(du, au)
        return valeurs

    def _verifier_les_mois(self, du: datetime.date, au: datetime.date) -> None:
        if du > au:
            self.add_error("au", "La période finit avant de commencer.")
        elif du.year < PREMIERE_ANNEE or au.year > self.aujourd_hui.year:
            self.add_error("du", f"Choisissez des mois entre {PREMIERE_ANNEE} et {self.aujourd_hui.year}.")
        elif periodes.duree_en_mois(periodes.en_mois_entiers(du, au)) > MOIS_AU_PLUS:
            self.add_error("au", f"{MOIS_AU_PLUS} mois au plus : au-delà, le rythme ne se lit plus.")

    def proposer(self, acheteurs: Mapping[str, str], quartiers: Mapping[str, str]) -> None:
        """Les choix, une fois le relevé lu : ils n'ont pas coûté de requête."""
        self.fields["acheteur"].widget.choices = [("", "Tous"), *acheteurs.items()]
        self.fields["quartier"].widget.choices = [("", "Tous"), *quartiers.items()]

    @property
    def selection(self) -> Selection:
        """Ce qui est juste est retenu ; ce qui ne l'est pas se dit à côté de son champ, et ne filtre rien."""
        self.is_valid()
        lues = self.cleaned_data
        du, au = lues.get("du"), lues.get("au")
        return Selection(
            self.annee_lue,
            lues.get("periode", ""),
            periodes.en_mois_entiers(du, au) if du and au else None,
            lues.get("acheteur"),
            lues.get("quartier", ""),
            lues.get("nature", ""),
        )


class ObjectifsForm(Formulaire):
    """Ce que la structure vise dans l'année, un nombre par chiffre clé ; vide, il n'y a pas d'objectif."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for cle in CLES_D_OBJECTIF:
            self.fields[cle] = NombreField(
                label=majuscule(PAR_CLE[cle].libelle.removeprefix("dont ")),
                required=False,
                min_value=1,
                max_digits=10,
                decimal_places=2 if PAR_CLE[cle].unite == Unite.HEURES else 0,
                help_text=PAR_CLE[cle].definition,
            )
            self.fields[cle].label += " (h)" if PAR_CLE[cle].unite == Unite.HEURES else ""


class ColonnesForm(Formulaire):
    """Ce que l'extrait national garde de chacun."""

    colonnes = forms.MultipleChoiceField(
        label="Colonnes à garder",
        choices=[(colonne.cle, colonne.titre) for colonne in COLONNES.values()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Plus il y en a, plus de personnes se retrouvent dans la ligne « regroupés ».",
    )


class AnneeForm(Formulaire):
    """L'année d'un extrait."""

    annee = forms.TypedChoiceField(label="Année", coerce=int)

    def __init__(self, *args, annees: list[int], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["annee"].choices = [(annee, str(annee)) for annee in annees]


class ExtraitNationalForm(AnneeForm, ColonnesForm):
    field_order = ["annee", "colonnes"]


class ExtraitFseForm(Formulaire):
    """De quand à quand."""

    debut = JourField(label="Du", help_text="Une heure est connue au mois : le mois compte en entier.")
    fin = JourField(label="Au")

    def clean(self):
        valeurs = super().clean()
        if valeurs.get("debut") and valeurs.get("fin") and valeurs["debut"] > valeurs["fin"]:
            self.add_error("fin", "La période finit avant de commencer.")
        return valeurs
