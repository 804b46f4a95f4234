"""Les formulaires autour d'un achat : une étape déplacée, une note, une pièce."""

from django import forms
from django.core.exceptions import ValidationError

from comptes.enums import Role
from marches.enums import TypePiece
from marches.models import Note
from socle.champs import JourField
from socle.fichiers import FORMATS, LISTE, TAILLE_MAXIMUM, reconnaitre
from socle.forms import Formulaire, FormulaireModele
from socle.nombres import taille


class DeplacerForm(Formulaire):
    echeance = JourField(label="Nouvelle échéance")


class NoteForm(FormulaireModele):
    echeance = JourField(label="Pour le", required=False)

    class Meta:
        model = Note
        fields = ["texte", "responsable", "echeance"]
        widgets = {"texte": forms.Textarea(attrs={"rows": 4})}

    def clean(self):
        valeurs = super().clean()
        if valeurs.get("echeance") and not valeurs.get("responsable"):
            self.add_error("responsable", "Dites qui fait la suite.")
        return valeurs


class NoteAcheteurForm(FormulaireModele):
    """Ce que l'acheteur écrit à son facilitateur ; la suite, c'est lui qui la répartit."""

    class Meta:
        model = Note
        fields = ["texte"]
        widgets = NoteForm.Meta.widgets
        help_texts = {"texte": "Votre facilitateur la lit et en est prévenu. Ne nommez pas de personne."}


class PieceForm(Formulaire):
    fichier = forms.FileField(
        label="Fichier",
        help_text=f"{LISTE}, 10 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ",".join(f".{extension}" for extension in FORMATS)}),
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )
    type = forms.ChoiceField(label="Type de pièce", choices=TypePiece.choices, initial=TypePiece.AUTRE)
    visible_acheteur = forms.BooleanField(label="Montrer cette pièce à l'acheteur", required=False)

    def borner_les_choix(self) -> None:
        if self.acteur.role == Role.MAITRE_OUVRAGE:
            del self.fields["visible_acheteur"]

    def clean_fichier(self):
        fichier = self.cleaned_data["fichier"]
        if fichier.size > TAILLE_MAXIMUM:
            raise ValidationError(f"Ce fichier pèse {taille(fichier.size)}, plus que les 10 Mo permis.")
        reconnaitre(fichier, fichier.name)
        return fichier
