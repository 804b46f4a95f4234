"""Les états d'une reprise déposée à l'écran, et ses passages."""

from socle.enums import Statut
from socle.transitions import TableTransitions, Transition


class EtatReprise(Statut):
    ANALYSE = "analyse", "Analyse en cours"
    A_CORRIGER = "a_corriger", "À corriger"
    PRETE = "prete", "Prête à reprendre"
    APPLICATION = "application", "Enregistrement en cours"
    FAITE = "faite", "Reprise faite"

    @classmethod
    def tons(cls):
        return {
            cls.ANALYSE: "info",
            cls.A_CORRIGER: "retard",
            cls.PRETE: "attention",
            cls.APPLICATION: "info",
            cls.FAITE: "fait",
        }


TRANSITIONS_REPRISE = TableTransitions(
    Transition("declarer_prete", "Déclarer prête", [EtatReprise.ANALYSE], EtatReprise.PRETE),
    Transition("rendre", "Rendre à corriger", [EtatReprise.ANALYSE, EtatReprise.APPLICATION], EtatReprise.A_CORRIGER),
    Transition("appliquer", "Reprendre pour de vrai", [EtatReprise.PRETE], EtatReprise.APPLICATION),
    Transition("achever", "Achever", [EtatReprise.APPLICATION], EtatReprise.FAITE),
)
