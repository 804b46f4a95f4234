"""Énumérations et transitions des déclarations mensuelles et du suivi des parcours."""

from django.db import models

from socle.enums import Statut
from socle.transitions import TableTransitions, Transition


class StatutDeclaration(Statut):
    """Où en est le mois d'un engagement. Seul un mois validé compte."""

    ATTENDUE = "attendue", "Attendue"
    COMMENCEE = "commencee", "Commencée"
    RENDUE = "rendue", "À corriger"
    A_VALIDER = "a_valider", "À valider"
    VALIDEE = "validee", "Validée"

    @classmethod
    def tons(cls):
        return {
            cls.ATTENDUE: "neutre",
            cls.COMMENCEE: "info",
            cls.RENDUE: "retard",
            cls.A_VALIDER: "attention",
            cls.VALIDEE: "fait",
        }

    @classmethod
    def chez_l_entreprise(cls) -> list[str]:
        """Ce que l'entreprise doit encore : rien reçu, un brouillon, ou une déclaration rendue."""
        return [cls.ATTENDUE, cls.COMMENCEE, cls.RENDUE]

    @classmethod
    def ouvertes(cls) -> list[str]:
        """Ce que l'entreprise peut encore changer : jusqu'à la validation."""
        return [*cls.chez_l_entreprise(), cls.A_VALIDER]


class OrigineDeclaration(models.TextChoices):
    SAISIE = "saisie", "Saisie par la structure"
    OUVERTE = "ouverte", "Ouverte pour l'entreprise"
    REPRISE = "reprise", "Reprise d'un classeur"


_OUVERTES = StatutDeclaration.ouvertes()
TRANSITIONS_DECLARATION = TableTransitions(
    Transition("commencer", "Garder un brouillon", _OUVERTES, StatutDeclaration.COMMENCEE),
    Transition("declarer", "Envoyer la déclaration", _OUVERTES, StatutDeclaration.A_VALIDER),
    Transition("saisir", "Saisir les heures", _OUVERTES, StatutDeclaration.A_VALIDER),
    Transition("rendre", "Rendre à l'entreprise", [StatutDeclaration.A_VALIDER], StatutDeclaration.RENDUE),
    Transition("valider", "Valider le mois", [StatutDeclaration.A_VALIDER], StatutDeclaration.VALIDEE),
    Transition("rouvrir", "Rouvrir le mois", [StatutDeclaration.VALIDEE], StatutDeclaration.A_VALIDER),
)


class Palier(models.IntegerChoices):
    """Les rappels d'une déclaration, du plus doux au dernier ; chacun part une fois."""

    OUVERTURE = 1, "Ouverture du mois"
    ECHEANCE = 2, "Jour de l'échéance"
    RETARD = 3, "Premier rappel"
    SECOND_CONTACT = 4, "Second rappel, autre contact en copie"
    ACHETEUR = 5, "Rappel, acheteur en copie"
    TACHE = 6, "À appeler"


class IssueRelance(models.TextChoices):
    """Ce qu'est devenu un palier dû."""

    ENVOYEE = "envoyee", "Courriel écrit"
    REMPLACEE = "remplacee", "Remplacée par le palier suivant"
    TACHE = "tache", "Au facilitateur d'appeler"
    SANS_CONTACT = "sans_contact", "Aucun courriel connu : à appeler"


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
    def tons(cls):
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


class Pronostic(Statut):
    """Ce que la projection dit de la fin d'un engagement, le plus pressé d'abord. Rouge seulement si même l'optimiste manque."""

    EN_PERIL = "en_peril", "En péril"
    A_SURVEILLER = "a_surveiller", "À surveiller"
    TROP_TOT = "trop_tot", "Trop tôt pour dire"
    BONNE_VOIE = "bonne_voie", "En bonne voie"
    ATTEINT = "atteint", "Atteint"

    @classmethod
    def tons(cls):
        return {cls.EN_PERIL: "retard", cls.A_SURVEILLER: "attention", cls.BONNE_VOIE: "info", cls.ATTEINT: "fait"}
