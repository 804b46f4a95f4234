"""Ce que devient une personne après son contrat : des points, des situations, des questions."""

from django.db import models

from socle.enums import Statut
from socle.transitions import TableTransitions, Transition


class Terme(models.IntegerChoices):
    """Les rendez-vous après la fin d'un contrat, en mois."""

    TROIS = 3, "3 mois"
    SIX = 6, "6 mois"
    DOUZE = 12, "12 mois"


class FamilleSortie(models.TextChoices):
    """Les familles de sorties de l'insertion par l'activité économique."""

    DURABLE = "durable", "Emploi durable"
    TRANSITION = "transition", "Emploi de transition"
    POSITIVE = "positive", "Sortie positive"
    AUTRE = "autre", "Autre sortie"
    NEUTRALISEE = "neutralisee", "Sortie neutralisée"


class Situation(models.TextChoices):
    """Où en est la personne. Une situation neutralisée ne dit jamais pourquoi : ni santé, ni justice, ni décès."""

    CDI = "cdi", "En CDI"
    CDD_LONG = "cdd_long", "En CDD ou en intérim de 6 mois ou plus"
    FONCTION_PUBLIQUE = "fonction_publique", "Dans la fonction publique (stage ou titularisation)"
    CREATION = "creation", "A créé ou repris une entreprise"
    CDD_COURT = "cdd_court", "En CDD ou en intérim de moins de 6 mois"
    CONTRAT_AIDE = "contrat_aide", "En contrat aidé chez un employeur de droit commun"
    FORMATION = "formation", "En formation"
    AUTRE_SIAE = "autre_siae", "Dans une autre structure d'insertion"
    RECHERCHE = "recherche", "En recherche d'emploi"
    SANS_ACTIVITE = "sans_activite", "Sans activité"
    NEUTRALISEE = "neutralisee", "Ne peut pas être comptée (sans dire pourquoi)"


class StatutPoint(Statut):
    A_VENIR = "a_venir", "À demander"
    DEMANDE = "demande", "Demandée"
    REPONDU = "repondu", "Connue"
    INJOIGNABLE = "injoignable", "Injoignable"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.DEMANDE: "attention", cls.REPONDU: "fait"}

    @classmethod
    def ouverts(cls) -> list[str]:
        return [cls.A_VENIR, cls.DEMANDE]


TRANSITIONS_POINT = TableTransitions(
    Transition("demander", "Demander la situation", StatutPoint.ouverts(), StatutPoint.DEMANDE),
    Transition(
        "repondre",
        "Dire la situation",
        [*StatutPoint.ouverts(), StatutPoint.INJOIGNABLE, StatutPoint.REPONDU],
        StatutPoint.REPONDU,
    ),
    Transition(
        "ignorer",
        "Dire que l'on n'en sait rien",
        [*StatutPoint.ouverts(), StatutPoint.INJOIGNABLE, StatutPoint.REPONDU],
        StatutPoint.INJOIGNABLE,
    ),
    Transition("renoncer", "Constater que la personne est injoignable", StatutPoint.ouverts(), StatutPoint.INJOIGNABLE),
)


class PublicInterroge(models.TextChoices):
    """À qui l'on demande ce qu'il pense d'un contrat."""

    BENEFICIAIRE = "beneficiaire", "La personne"
    EMPLOYEUR = "employeur", "L'employeur"


class GenreQuestion(models.TextChoices):
    NOTE = "note", "Une note de 1 à 5"
    OUI_NON = "oui_non", "Oui ou non"
    TEXTE = "texte", "Quelques mots"


class QuiDemande(models.TextChoices):
    PRESCRIPTEUR = "prescripteur", "Le référent du prescripteur, ou à défaut le facilitateur"
    FACILITATEUR = "facilitateur", "Le facilitateur"
