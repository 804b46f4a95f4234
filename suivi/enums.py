"""Énumérations et transitions des déclarations mensuelles."""

from django.db import models

from socle.enums import Statut
from socle.transitions import TableTransitions, Transition


class StatutDeclaration(Statut):
    BROUILLON = "brouillon", "À valider"
    VALIDEE = "validee", "Validée"

    @classmethod
    def tons(cls):
        return {cls.BROUILLON: "attention", cls.VALIDEE: "fait"}


class OrigineDeclaration(models.TextChoices):
    SAISIE = "saisie", "Saisie par la structure"
    REPRISE = "reprise", "Reprise d'un classeur"


TRANSITIONS_DECLARATION = TableTransitions(
    Transition("valider", "Valider le mois", [StatutDeclaration.BROUILLON], StatutDeclaration.VALIDEE),
    Transition("rouvrir", "Rouvrir le mois", [StatutDeclaration.VALIDEE], StatutDeclaration.BROUILLON),
)
