"""Le mois d'un engagement : qui le tient, ce qui se décide de ses lignes, ce qui le fait avancer."""

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
    def tons(cls) -> dict[str, str]:
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
    Transition("rouvrir", "Rectifier le mois", [StatutDeclaration.VALIDEE], StatutDeclaration.A_VALIDER),
)


class StatutAnnonce(Statut):
    """Ce que l'entreprise annonce avec ses heures (un départ, une embauche), et ce qu'en fait le facilitateur."""

    A_TRAITER = "a_traiter", "À traiter"
    PRISE_EN_COMPTE = "prise_en_compte", "Prise en compte"
    ECARTEE = "ecartee", "Écartée"
    RETIREE = "retiree", "Retirée par l'entreprise"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.A_TRAITER: "attention", cls.PRISE_EN_COMPTE: "fait"}


TRANSITIONS_ANNONCE = TableTransitions(
    Transition(
        "annoncer",
        "Annoncer",
        [StatutAnnonce.A_TRAITER, StatutAnnonce.ECARTEE, StatutAnnonce.RETIREE],
        StatutAnnonce.A_TRAITER,
    ),
    Transition("retirer", "Retirer l'annonce", [StatutAnnonce.A_TRAITER], StatutAnnonce.RETIREE),
    Transition("prendre_en_compte", "Prendre en compte", [StatutAnnonce.A_TRAITER], StatutAnnonce.PRISE_EN_COMPTE),
    Transition("ecarter", "Écarter l'annonce", [StatutAnnonce.A_TRAITER], StatutAnnonce.ECARTEE),
)


class DecisionLigne(Statut):
    """Ce que le facilitateur retient d'une ligne déclarée."""

    EN_ATTENTE = "en_attente", "À décider"
    ACCEPTEE = "acceptee", "Acceptée"
    PARTIELLE = "partielle", "Acceptée en partie"
    REFUSEE = "refusee", "Refusée"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {
            cls.EN_ATTENTE: "attention",
            cls.ACCEPTEE: "fait",
            cls.PARTIELLE: "info",
            cls.REFUSEE: "retard",
        }

    @classmethod
    def ecartees(cls) -> list[str]:
        """Ce qui retient moins que déclaré : le motif est obligatoire, l'entreprise le lit."""
        return [cls.PARTIELLE, cls.REFUSEE]


_DECISIONS = list(DecisionLigne)
TRANSITIONS_LIGNE = TableTransitions(
    Transition("accepter", "Accepter", _DECISIONS, DecisionLigne.ACCEPTEE),
    Transition("reduire", "Accepter en partie", _DECISIONS, DecisionLigne.PARTIELLE),
    Transition("refuser", "Refuser", _DECISIONS, DecisionLigne.REFUSEE),
    Transition("declarer", "Déclarer d'autres heures", _DECISIONS, DecisionLigne.EN_ATTENTE),
)

# Les raisons qu'un facilitateur donne le plus ; une précision peut s'y ajouter.
MOTIFS_USUELS = (
    "Heures au-delà de la fin d'éligibilité",
    "Heures hors des dates du contrat",
    "Aucun critère d'éligibilité au début du contrat",
    "Heures faites sur un autre chantier",
    "Heures déjà déclarées par une autre entreprise",
    "Heures supérieures au bulletin de paie",
    "Absences comptées comme du travail",
    "Justificatif manquant ou illisible",
)


class Gravite(Statut):
    """Ce que pèse un signal ; aucun ne bloque."""

    ATTENTION = "attention", "À regarder"
    FORTE = "forte", "Alerte"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.ATTENTION: "attention", cls.FORTE: "retard"}


class NatureSignal(models.TextChoices):
    """Ce qu'un contrôle automatique a vu."""

    MARCHE_SUSPENDU = "marche_suspendu", "Marché suspendu"
    HORS_CONTRAT = "hors_contrat", "Hors des dates du contrat"
    HORS_ELIGIBILITE = "hors_eligibilite", "Hors de la fenêtre d'éligibilité"
    TROP_POUR_LE_MOIS = "trop_pour_le_mois", "Plus que le mois ne permet"
    TROP_POUR_LE_CONTRAT = "trop_pour_le_contrat", "Plus que le contrat ne prévoit"
    DEUX_ENTREPRISES = "deux_entreprises", "La même personne ailleurs, ce mois-là"
    SAUT = "saut", "Écart avec le mois d'avant"
    SANS_ELIGIBILITE = "sans_eligibilite", "Éligibilité non vérifiée"
    SANS_CRITERE = "sans_critere", "Sans critère, ni motif consigné"
    SANS_PREUVE = "sans_preuve", "Justificatif manquant"
    A_RATTACHER = "a_rattacher", "Personne annoncée à rattacher"


class Palier(models.TextChoices):
    """Les rappels d'une déclaration, du plus doux au dernier ; chacun part une fois. À la main : une fois par jour.

    Le code est gardé en base et ne change pas ; le rang est la place dans cette liste, où un palier peut s'ajouter.
    """

    MANUELLE = "manuelle", "Relance à la main"
    OUVERTURE = "ouverture", "Ouverture du mois"
    ECHEANCE = "echeance", "Jour de l'échéance"
    RETARD = "retard", "Premier rappel"
    SECOND_CONTACT = "second_contact", "Second rappel"
    ACHETEUR = "acheteur", "Troisième rappel"
    TACHE = "tache", "À appeler"

    @property
    def rang(self) -> int:
        return list(type(self)).index(self)


class IssueRelance(models.TextChoices):
    """Ce qu'est devenu un palier dû."""

    ENVOYEE = "envoyee", "Courriel écrit"
    REMPLACEE = "remplacee", "Remplacée par le palier suivant"
    TACHE = "tache", "Au facilitateur d'appeler"
    SANS_CONTACT = "sans_contact", "Aucun courriel connu : à appeler"
