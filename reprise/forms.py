from pathlib import Path

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from beneficiaires.enums import CodeCritere
from beneficiaires.models import Beneficiaire
from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from metiers.forms import MetiersEcritsField
from reprise.lecture.classeur import PAS_UN_CLASSEUR
from socle.forms import Formulaire, FormulaireModele
from socle.nombres import taille
from socle.texte import MASQUE

CLASSEURS = (".xlsx", ".xls", ".ods")
LISTES = (*CLASSEURS, ".csv", ".txt", ".tsv")
LISTE_TAILLE_MAX = 5 * 1024 * 1024
NUMERO_MASQUE = (
    "Un numéro de sécurité sociale était écrit ici : il est masqué et n'est pas gardé. Effacez ce qu'il en reste."
)


class DepotListeForm(Formulaire):
    """La liste d'un prescripteur : le facilitateur dit lequel, le prescripteur dit à qui il la confie."""

    prescripteur = forms.ModelChoiceField(
        label="Qui confie ces personnes", queryset=Organisation.objects.none(), empty_label="Choisir…"
    )
    structure = forms.ModelChoiceField(
        label="À qui les confier", queryset=Organisation.objects.none(), empty_label="Choisir…"
    )
    fichier = forms.FileField(
        label="Votre liste",
        help_text="Un classeur (.xlsx, .xls, .ods) ou un fichier .csv, une personne par ligne, 1 000 au plus.",
        widget=forms.FileInput(attrs={"accept": ",".join(LISTES)}),
        error_messages={"required": "Choisissez votre fichier.", "empty": "Ce fichier est vide."},
    )

    def borner_les_choix(self) -> None:
        organisation = self.acteur.organisation
        if self.acteur.est_facilitateur:
            del self.fields["structure"]
            partenaires = Organisation.objects.partenaires_de(organisation).actifs()
            self.fields["prescripteur"].queryset = partenaires.filter(type=TypeOrganisation.PRESCRIPTEUR)
            return
        del self.fields["prescripteur"]
        siennes = organisation.partenariats.order_by().values("structure")
        structures = Organisation.objects.actifs().filter(pk__in=siennes)
        self.fields["structure"].queryset = structures
        if structures.count() == 1:
            self.fields["structure"].initial = structures.first()

    def clean_fichier(self):
        fichier = self.cleaned_data["fichier"]
        if fichier.size > LISTE_TAILLE_MAX:
            raise ValidationError(f"Ce fichier dépasse {taille(LISTE_TAILLE_MAX)}.")
        if Path(fichier.name).suffix.casefold() not in LISTES:
            raise ValidationError("Déposez un classeur Excel (.xlsx, .xls) ou LibreOffice (.ods), ou un fichier .csv.")
        return fichier


class BrouillonForm(FormulaireModele):
    """Une personne de la liste : les mêmes contrôles à la lecture du fichier et à la correction."""

    adresse = forms.CharField(label="Adresse", required=False, max_length=200)
    criteres = forms.MultipleChoiceField(
        label="Sa situation", required=False, choices=CodeCritere.choices, widget=forms.CheckboxSelectMultiple
    )

    metiers = MetiersEcritsField(required=False)

    class Meta:
        model = Beneficiaire
        fields = [
            "nom",
            "prenom",
            "date_naissance",
            "sexe",
            "telephone",
            "courriel",
            "adresse",
            "criteres",
            "metiers",
            "disponible_le",
            "rayon_km",
            "referent",
            "referent_courriel",
        ]

    def __init__(self, *args, structure=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.structure = structure
        # Un sélecteur de date n'affiche pas une date impossible : l'erreur redit ce que le fichier disait.
        dite = str(self.data.get("date_naissance", ""))[:40].replace("%", "%%")
        self.fields["date_naissance"].error_messages["invalid"] = f"« {dite} » ne se lit pas. %(raison)s"
        for champ in self.fields.values():
            champ.error_messages["required"] = f"« {champ.label} » est obligatoire."
        self.fields["criteres"].error_messages["invalid_choice"] = "« %(value)s » n'est pas une situation connue."
        self.fields["rayon_km"].error_messages["invalid"] = (
            "La mobilité se dit en kilomètres, par exemple « 20 » : écrivez un nombre, ou effacez-la."
        )
        self.fields["sexe"].error_messages["required"] = "Dites si c'est une femme ou un homme."

    def clean(self):
        valeurs = super().clean()
        for nom in self.fields:
            if any(MASQUE in texte for texte in self.data.getlist(nom)):
                self.add_error(nom, NUMERO_MASQUE)
        return valeurs

    def donnees(self) -> dict:
        """Ce qui a été tapé, tel quel : les erreurs ne font rien perdre."""
        return {nom: self.data.getlist(nom) if nom == "criteres" else self.data.get(nom, "") for nom in self.fields}


class DepotForm(Formulaire):
    """Le dépôt d'un classeur. Son contenu est regardé ensuite, par la file."""

    fichier = forms.FileField(
        label="Votre classeur",
        help_text="Un classeur (.xlsx, .xls, .ods) de 20 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ",".join(CLASSEURS)}),
        error_messages={"required": "Choisissez votre classeur.", "empty": "Ce fichier est vide."},
    )

    def clean_fichier(self):
        fichier = self.cleaned_data["fichier"]
        if fichier.size > settings.FICHIER_IMPORTE_TAILLE_MAX:
            maximum = taille(settings.FICHIER_IMPORTE_TAILLE_MAX)
            raise ValidationError(f"Ce fichier pèse {taille(fichier.size)}, plus que les {maximum} permis.")
        if Path(fichier.name).suffix.casefold() not in CLASSEURS:
            raise ValidationError(PAS_UN_CLASSEUR)
        return fichier
