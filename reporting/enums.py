"""Énumérations et transitions des bilans."""

from django.db import models

from socle.enums import Statut
from socle.transitions import TableTransitions, Transition


class StatutBilan(Statut):
    BROUILLON = "brouillon", "Brouillon"
    RELU = "relu", "Relu"
    PUBLIE = "publie", "Publié"
    REMPLACE = "remplace", "Remplacé"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.BROUILLON: "attention", cls.RELU: "info", cls.PUBLIE: "fait"}

    @classmethod
    def en_preparation(cls) -> list["StatutBilan"]:
        """Ceux qui ne sont pas sortis de la structure : leurs chiffres et leurs textes changent encore."""
        return [cls.BROUILLON, cls.RELU]

    @classmethod
    def sortis(cls) -> list["StatutBilan"]:
        """Publiés un jour."""
        return [cls.PUBLIE, cls.REMPLACE]


class Variante(models.TextChoices):
    """Les bilans que la structure sait faire d'une même période ; `variantes` dit ce que chacun contient."""

    STRUCTURE = "structure", "Bilan de la structure"
    VILLE = "ville", "Contrat de ville (État, ANCT)"
    DEPARTEMENT = "departement", "Département"
    AGGLOMERATION = "agglomeration", "Agglomération"
    FSE = "fse", "FSE+"
    MAITRE_OUVRAGE = "maitre_ouvrage", "Un maître d'ouvrage"
    OPERATION = "operation", "Une opération"
    MARCHE = "marche", "Un marché"
    RESEAU = "reseau", "Réseau de structures"


class Presentation(models.TextChoices):
    EXACTE = "exacte", "Exacte"
    GRAND_PUBLIC = "grand_public", "Grand public"


TRANSITIONS_BILAN = TableTransitions(
    Transition("relire", "Marquer relu", [StatutBilan.BROUILLON], StatutBilan.RELU),
    Transition("reprendre", "Reprendre", [StatutBilan.BROUILLON, StatutBilan.RELU], StatutBilan.BROUILLON),
    Transition("publier", "Publier", [StatutBilan.RELU], StatutBilan.PUBLIE),
    Transition("remplacer", "Remplacer par une nouvelle version", [StatutBilan.PUBLIE], StatutBilan.REMPLACE),
)
