"""Le bilan qualitatif : écrire les questions, demander un avis, y répondre, lire la synthèse d'un marché."""

import uuid
from collections import defaultdict
from functools import cached_property

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django.views.generic import TemplateView

from comptes.acteur import Acteur
from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT
from marches.models import Marche
from parcours import services
from parcours.enums import GenreQuestion, PublicInterroge
from parcours.forms import AvisForm, DemandeAvisForm, QuestionEditionForm, QuestionForm
from parcours.models import Question, Questionnaire, Reponse
from parcours.questions import synthetiser
from parcours.services.questionnaires import USAGE_QUESTIONNAIRE
from recrutement.models import Contrat
from socle.acces import ouverte_a
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.views import CreationView, EditionView, FicheView, VueProtegee, verbe
from socle.views.liens import ouverte_par_lien


class QuestionListeView(VueProtegee, TemplateView):
    intitule = "Les questions du bilan qualitatif"
    acces = FACILITATEURS
    template_name = "parcours/questions.html"

    def get_context_data(self, **kwargs):
        posees = list(Question.objects.visibles_par(self.acteur).posees())
        return {
            **super().get_context_data(**kwargs),
            "publics": [(public, [q for q in posees if q.public == public]) for public in PublicInterroge],
            "vide": not posees,
        }


class QuestionCreationView(CreationView):
    """Ajouter une question au bilan qualitatif."""

    acces = FACILITATEURS_QUI_ECRIVENT
    form_class = QuestionForm
    titre = "Nouvelle question"
    message = "Question ajoutée."

    def enregistrer(self, form):
        return services.ajouter_question(acteur=self.acteur, **form.valeurs())

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("suivi:questions")


class QuestionEditionView(EditionView):
    """Corriger une question ; déjà répondue, elle est remplacée et ses réponses restent à l'ancienne."""

    acces = FACILITATEURS_QUI_ECRIVENT
    model = Question
    form_class = QuestionEditionForm
    titre = "Modifier la question"
    message = "Question modifiée."

    def enregistrer(self, form):
        return services.modifier_question(acteur=self.acteur, question=self.objet, **form.valeurs())

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return reverse("suivi:questions")


@verbe(FACILITATEURS_QUI_ECRIVENT, Question, retour=lambda question: reverse("suivi:questions"))
@intitulee("Ne plus poser une question")
def retirer_question(request: Requete, question: Question):
    services.retirer_question(acteur=request.acteur, question=question)
    messages.success(request, "Question retirée ; ses réponses restent dans les synthèses.")


@ouverte_a(FACILITATEURS_QUI_ECRIVENT)
@require_http_methods(["POST"])
@intitulee("Partir des questions proposées")
def poser_les_proposees(request: Requete) -> HttpResponse:
    services.poser_les_questions_proposees(acteur=request.acteur)
    messages.success(request, "Questions posées : corrigez-les à votre façon.")
    return redirect("suivi:questions")


class _AvisDuContratView(CreationView):
    """Base : un contrat et un public, dans l'adresse."""

    acces = FACILITATEURS_QUI_ECRIVENT
    parent_model = Contrat

    @cached_property
    def public(self) -> PublicInterroge:
        if self.kwargs["public"] not in PublicInterroge.values:
            raise Http404
        return PublicInterroge(self.kwargs["public"])

    @cached_property
    def contrat(self) -> Contrat:
        contrats = Contrat.objects.visibles_par(self.acteur).avec_contexte()
        return contrats.select_related("tuteur", "engagement__correspondant").get(pk=self.parent.pk)

    def dispatch(self, request, *args, **kwargs):
        _ = self.public
        return super().dispatch(request, *args, **kwargs)

    def get_titre(self):
        return f"{self.titre} : {self.public.label.lower()}"

    def get_success_url(self):
        return self.get_retour()

    def get_retour(self):
        return self.parent.get_absolute_url()


class AvisView(_AvisDuContratView):
    """Lire les réponses d'un contrat, ou recopier celles d'un formulaire papier."""

    form_class = AvisForm
    titre = "Bilan qualitatif"
    message = "Réponses enregistrées."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "questions": questions_de(self.contrat, self.public)}

    def get_initial(self):
        return reponses_connues(self.contrat, self.public)

    def enregistrer(self, form):
        return services.repondre_questionnaire(
            acteur=self.acteur, contrat=self.contrat, public=self.public, reponses=form.reponses()
        )


class DemandeAvisView(_AvisDuContratView):
    """Demander un avis par courriel, avec un lien signé."""

    form_class = DemandeAvisForm
    titre = "Demander un avis"
    bouton = "Envoyer la demande"

    def get_initial(self):
        return {"courriel": services.courriel_connu(self.contrat, self.public)}

    def enregistrer(self, form):
        return services.demander_avis(acteur=self.acteur, contrat=self.contrat, public=self.public, **form.cleaned_data)


def questions_de(contrat: Contrat, public: str) -> list[Question]:
    """Celles qu'on pose aujourd'hui, et celles, retirées depuis, auxquelles ce contrat a répondu."""
    questions = Question.objects.filter(structure=contrat.structure_id, public=public)
    repondues = Reponse.objects.filter(questionnaire__contrat=contrat, questionnaire__public=public)
    deja = set(repondues.order_by().values_list("question", flat=True))
    return [question for question in questions if question.retiree_le is None or question.pk in deja]


def reponses_connues(contrat: Contrat, public: str) -> dict:
    reponses = Reponse.objects.filter(questionnaire__contrat=contrat, questionnaire__public=public)
    return {
        AvisForm.nom_du_champ(reponse.question): reponse.texte if reponse.note is None else reponse.note
        for reponse in reponses.select_related("question")
    }


@ouverte_par_lien(USAGE_QUESTIONNAIRE)
@require_http_methods(["GET", "POST"])
@intitulee("Donner son avis sur un contrat fini, par un lien signé")
def avis_par_lien(request: Requete, uuid: uuid.UUID) -> HttpResponse:
    questionnaire = get_object_or_404(Questionnaire.objects.avec_contexte(), uuid=uuid)
    contrat, public = questionnaire.contrat, questionnaire.public
    acteur = Acteur.par_lien(request.lien, None)
    form = AvisForm(
        request.POST if request.method == "POST" else None,
        acteur=acteur,
        questions=questions_de(contrat, public),
        initial=reponses_connues(contrat, public),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.repondre_questionnaire(acteur=acteur, contrat=contrat, public=public, reponses=form.reponses())
        except ValidationError as refus:
            form.reporter(refus)
        else:
            messages.success(request, "Merci : vos réponses sont enregistrées.")
            return redirect("suivi:questionnaire_par_lien", uuid)
    contexte = {"objet": questionnaire, "form": form, "a_la_personne": public == PublicInterroge.BENEFICIAIRE}
    return render(request, "parcours/avis_par_lien.html", contexte)


class SyntheseView(FicheView):
    """Le bilan qualitatif d'un marché : ce que disent les personnes et leurs employeurs, sans leurs noms."""

    intitule = "Le bilan qualitatif d'un marché"
    acces = FACILITATEURS
    model = Marche
    template_name = "parcours/synthese.html"

    def get_context_data(self, **kwargs):
        reponses = Reponse.objects.visibles_par(self.acteur).filter(
            questionnaire__contrat__engagement__lot__marche=self.object
        )
        lues = reponses.order_by("question__rang", "question", "pk").values_list(
            "question__public", "question__texte", "question__genre", "note", "texte"
        )
        par_question: dict[tuple, list] = defaultdict(list)
        for public, question, genre, note, texte in lues:
            par_question[public, question, genre].append((note, texte))
        repondus = Questionnaire.objects.visibles_par(self.acteur).filter(
            contrat__engagement__lot__marche=self.object, repondu_le__isnull=False
        )
        publics = list(repondus.order_by().values_list("public", flat=True))
        return {
            **super().get_context_data(**kwargs),
            "syntheses": [
                (public.label, publics.count(public), _syntheses(par_question, public)) for public in PublicInterroge
            ],
            "notes": GenreQuestion.NOTE,
        }


def _syntheses(par_question: dict[tuple, list], public: str) -> list:
    return [
        synthetiser(question, genre, reponses)
        for (de, question, genre), reponses in par_question.items()
        if de == public
    ]
