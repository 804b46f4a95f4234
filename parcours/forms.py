"""Répondre d'une situation, d'un avis ; régler et poser les questions."""

from django import forms

from parcours.enums import GenreQuestion, StatutPoint
from parcours.models import PointSuivi, Question, ReglagesParcours
from parcours.questions import NOTES, OUI_NON
from socle.forms import Formulaire, FormulaireModele

SANS_NOUVELLES = "sans_nouvelles"  # une réponse : on ne la redemande plus


class SituationForm(FormulaireModele):
    """Où en est la personne, en un choix."""

    class Meta:
        model = PointSuivi
        fields = ["situation", "en_formation", "precision"]
        widgets = {"situation": forms.RadioSelect}
        help_texts = {"precision": "Le métier, l'employeur, la formation. Rien sur la santé ni la justice."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["situation"].required = True
        connues = [choix for choix in self.fields["situation"].choices if choix[0]]
        self.fields["situation"].choices = [*connues, (SANS_NOUVELLES, "Je ne sais pas, ou elle est injoignable")]
        if self.instance.statut == StatutPoint.INJOIGNABLE:
            self.initial["situation"] = SANS_NOUVELLES

    def clean_situation(self) -> str:
        self.sans_nouvelles = self.cleaned_data["situation"] == SANS_NOUVELLES
        return "" if self.sans_nouvelles else self.cleaned_data["situation"]

    def valeurs(self) -> dict:
        return {**super().valeurs(), "sans_nouvelles": self.sans_nouvelles}


class ReglagesParcoursForm(FormulaireModele):
    class Meta:
        model = ReglagesParcours
        fields = ["qui_demande", "essais", "jours_entre_essais", "questionnaires", "conservation_mois"]


class NouvellesForm(Formulaire):
    reponse = forms.CharField(
        label="Ce qu'elle devient",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Rien sur la santé, la justice, ni de numéro de sécurité sociale.",
    )

    def __init__(self, *args, instance=None, **kwargs):
        self.instance = instance
        super().__init__(*args, **kwargs)


class AvisForm(Formulaire):
    """Un champ par question posée ; aucune n'est obligatoire, une réponse suffit."""

    def __init__(self, *args, questions=(), **kwargs):
        self.questions = list(questions)
        super().__init__(*args, **kwargs)
        for question in self.questions:
            self.fields[self.nom_du_champ(question)] = _champ_de_reponse(question)

    @staticmethod
    def nom_du_champ(question) -> str:
        return f"question_{question.uuid.hex}"

    def reponses(self) -> dict:
        """{question: note, texte ou rien}."""
        return {question: self.cleaned_data.get(self.nom_du_champ(question)) for question in self.questions}


def _champ_de_reponse(question: Question) -> forms.Field:
    if question.genre == GenreQuestion.TEXTE:
        return forms.CharField(
            label=question.texte,
            required=False,
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text="Rien sur la santé ni la justice.",
        )
    choix = OUI_NON if question.genre == GenreQuestion.OUI_NON else NOTES
    return forms.TypedChoiceField(
        label=question.texte,
        required=False,
        choices=list(choix.items()),
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
    )


class DemandeAvisForm(Formulaire):
    courriel = forms.EmailField(label="Courriel", help_text="Un lien personnel, valable 30 jours, sans mot de passe.")


class QuestionForm(FormulaireModele):
    class Meta:
        model = Question
        fields = ["public", "texte", "genre", "rang"]
        help_texts = {"rang": "Les questions se posent dans l'ordre des rangs.", "texte": "Courte, et une seule idée."}


class QuestionEditionForm(QuestionForm):
    """Le public et la forme de la réponse ne changent plus : une autre question se crée."""

    class Meta(QuestionForm.Meta):
        fields = ["texte", "rang"]
