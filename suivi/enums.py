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
    Transition("rouvrir", "Rectifier le mois", [StatutDeclaration.VALIDEE], StatutDeclaration.A_VALIDER),
)


class StatutAnnonce(Statut):
    """Ce que l'entreprise annonce avec ses heures (un départ, une embauche), et ce qu'en fait le facilitateur."""

    A_TRAITER = "a_traiter", "À traiter"
    PRISE_EN_COMPTE = "prise_en_compte", "Prise en compte"
    ECARTEE = "ecartee", "Écartée"
    RETIREE = "retiree", "Retirée par l'entreprise"

    @classmethod
    def tons(cls):
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
    def tons(cls):
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
    def tons(cls):
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
    SANS_PREUVE = "sans_preuve", "Justificatif manquant"
    A_RATTACHER = "a_rattacher", "Personne annoncée à rattacher"


class Palier(models.IntegerChoices):
    """Les rappels d'une déclaration, du plus doux au dernier ; chacun part une fois. À la main : une fois par jour."""

    MANUELLE = 0, "Relance à la main"
    OUVERTURE = 1, "Ouverture du mois"
    ECHEANCE = 2, "Jour de l'échéance"
    RETARD = 3, "Premier rappel"
    SECOND_CONTACT = 4, "Second rappel"
    ACHETEUR = 5, "Troisième rappel"
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


class GenrePenalite(models.TextChoices):
    """Ce que la pénalité sanctionne ; chaque genre a son barème au marché."""

    HEURES = "heures", "Heures manquantes"
    RETARD = "retard", "Retard des déclarations"


class RemiseLettre(models.TextChoices):
    """Comment une lettre est parvenue à l'entreprise : un délai ne court que de là."""

    COURRIEL = "courriel", "Courriel parti"
    RECOMMANDE = "recommande", "Courrier recommandé"
    MAIN_PROPRE = "main_propre", "Remise en main propre"

    @classmethod
    def a_la_main(cls) -> list[tuple[str, str]]:
        """Ce qu'une personne constate ; un courriel se constate seul."""
        return [(mode.value, str(mode.label)) for mode in (cls.RECOMMANDE, cls.MAIN_PROPRE)]


class DecisionPenalite(models.TextChoices):
    """Ce que l'acheteur décide, lui seul."""

    RETENUE = "retenue", "Retenue en entier"
    REDUITE = "reduite", "Réduite"
    ABANDONNEE = "abandonnee", "Abandonnée"


class StatutPenalite(Statut):
    PROPOSEE = "proposee", "Proposée"
    LETTRE_PRETE = "lettre_prete", "Lettre pas encore partie"
    CONTRADICTOIRE = "contradictoire", "Contradictoire en cours"
    OBSERVATIONS = "observations", "Observations reçues"
    DECIDEE = "decidee", "Décidée"
    NOTIFIEE = "notifiee", "Notifiée"
    RETIREE = "retiree", "Retirée"

    @classmethod
    def tons(cls):
        return {
            cls.PROPOSEE: "attention",
            cls.LETTRE_PRETE: "attention",
            cls.CONTRADICTOIRE: "info",
            cls.OBSERVATIONS: "attention",
            cls.DECIDEE: "attention",
            cls.NOTIFIEE: "fait",
        }

    @classmethod
    def ouverts(cls) -> list[str]:
        """Tant que rien n'est décidé ni retiré : une seule par engagement et par genre."""
        return [cls.PROPOSEE, cls.LETTRE_PRETE, cls.CONTRADICTOIRE, cls.OBSERVATIONS]

    @classmethod
    def decides(cls) -> list[str]:
        return [cls.DECIDEE, cls.NOTIFIEE]


_DEVANT_L_ENTREPRISE = [StatutPenalite.CONTRADICTOIRE, StatutPenalite.OBSERVATIONS]
TRANSITIONS_PENALITE = TableTransitions(
    Transition("actualiser", "Refaire le calcul", [StatutPenalite.PROPOSEE], StatutPenalite.PROPOSEE),
    Transition("envoyer", "Préparer la lettre contradictoire", [StatutPenalite.PROPOSEE], StatutPenalite.LETTRE_PRETE),
    Transition("partir", "Constater son départ", [StatutPenalite.LETTRE_PRETE], StatutPenalite.CONTRADICTOIRE),
    Transition("revenir", "Constater son retour", [StatutPenalite.CONTRADICTOIRE], StatutPenalite.LETTRE_PRETE),
    Transition("observer", "Donner des observations", _DEVANT_L_ENTREPRISE, StatutPenalite.OBSERVATIONS),
    Transition("decider", "Décider", [StatutPenalite.LETTRE_PRETE, *_DEVANT_L_ENTREPRISE], StatutPenalite.DECIDEE),
    Transition("notifier", "Notifier la décision", [StatutPenalite.DECIDEE], StatutPenalite.NOTIFIEE),
    Transition("retirer", "Retirer la proposition", StatutPenalite.ouverts(), StatutPenalite.RETIREE),
)


class VerdictOperation(Statut):
    """L'avis d'une attestation de fin d'opération."""

    SATISFAIT = "satisfait", "Satisfait"
    PARTIEL = "partiel", "Partiellement satisfait"
    NON_SATISFAIT = "non_satisfait", "Non satisfait"

    @classmethod
    def tons(cls):
        return {cls.SATISFAIT: "fait", cls.PARTIEL: "attention", cls.NON_SATISFAIT: "retard"}


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
