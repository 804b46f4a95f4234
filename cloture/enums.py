"""La fin d'un engagement : pénalités, lettres, avis."""

from django.db import models

from socle.enums import Statut
from socle.transitions import TableTransitions, Transition


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
    def tons(cls) -> dict[str, str]:
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
    def tons(cls) -> dict[str, str]:
        return {cls.SATISFAIT: "fait", cls.PARTIEL: "attention", cls.NON_SATISFAIT: "retard"}
