"""Le bilan qualitatif d'un contrat : quelques questions à la personne, quelques autres à son employeur."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from parcours.enums import GenreQuestion, PublicInterroge
from parcours.querysets import QuestionnaireQuerySet, QuestionQuerySet, ReponseQuerySet
from recrutement.models import Contrat
from socle.modeles import ChampJour, ModeleIdentifie
from socle.texte import sans_numero_national


class Question(ModeleIdentifie):
    """Une question d'une structure à un public. Déjà répondue, elle se retire et se remplace : son sens ne change pas."""

    structure = models.ForeignKey(settings.ORGANISATION_MODEL, on_delete=models.CASCADE, related_name="+")
    public = models.CharField("à qui", max_length=12, choices=PublicInterroge)
    rang = models.PositiveSmallIntegerField("rang", default=100)
    texte = models.CharField("question", max_length=200)
    genre = models.CharField("réponse", max_length=8, choices=GenreQuestion)
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "question"
        ordering = ["public", "rang", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "public", "texte"],
                condition=Q(retiree_le__isnull=True),
                name="question_unique",
                violation_error_message="Cette question est déjà posée.",
                violation_error_code="champ:texte",
            )
        ]

    def __str__(self) -> str:
        return self.texte

    def get_absolute_url(self) -> str:
        return reverse("suivi:question", args=[self.uuid])


class Questionnaire(ModeleIdentifie):
    """Les questions d'un contrat à la personne, ou à son employeur : demandées, puis répondues. Une fois par contrat."""

    contrat = models.ForeignKey(Contrat, on_delete=models.PROTECT, related_name="questionnaires")
    public = models.CharField("à qui", max_length=12, choices=PublicInterroge)
    destinataire = models.EmailField("demandé à", blank=True)
    demande_le = ChampJour("demandé le", null=True, blank=True)
    essais = models.PositiveSmallIntegerField("demandes faites", default=0)
    repondu_le = models.DateTimeField("répondu le", null=True, blank=True)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = "questionnaire"
        ordering = ["contrat", "public", "pk"]
        constraints = [models.UniqueConstraint(fields=["contrat", "public"], name="questionnaire_unique")]

    def __str__(self) -> str:
        return f"questionnaire {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("suivi:questionnaire", args=[self.contrat.uuid, self.public])


class Reponse(ModeleIdentifie):
    """Une réponse : une note de 1 à 5, un oui ou un non (1 ou 0), ou quelques mots."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="reponses")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="reponses")
    note = models.PositiveSmallIntegerField(
        "note", null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(5)]
    )
    texte = models.CharField("en quelques mots", max_length=1000, blank=True, validators=[sans_numero_national])

    objects = ReponseQuerySet.as_manager()

    class Meta:
        verbose_name = "réponse"
        ordering = ["question__rang", "pk"]
        constraints = [models.UniqueConstraint(fields=["questionnaire", "question"], name="reponse_unique")]

    def __str__(self) -> str:
        return f"réponse {self.uuid}"
