"""Énumérations et transitions des bilans."""

from django.db import models

from socle.enums import Statut
from socle.transitions import TableTransitions, Transition


class StatutBilan(Statut):
    BROUILLON = "brouillon", "Brouillon"
    PUBLIE = "publie", "Publié"
    REMPLACE = "remplace", "Remplacé"

    @classmethod
    def tons(cls):
        return {cls.BROUILLON: "attention", cls.PUBLIE: "fait"}


class Presentation(models.TextChoices):
    EXACTE = "exacte", "Exacte"
    GRAND_PUBLIC = "grand_public", "Grand public"


TRANSITIONS_BILAN = TableTransitions(
    Transition("publier", "Publier", [StatutBilan.BROUILLON], StatutBilan.PUBLIE),
    Transition("remplacer", "Remplacer par une nouvelle version", [StatutBilan.PUBLIE], StatutBilan.REMPLACE),
)
