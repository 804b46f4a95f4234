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
    def tons(cls) -> dict[str, str]:
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
    Transition("relire", "Analyser de nouveau", [EtatReprise.A_CORRIGER, EtatReprise.PRETE], EtatReprise.ANALYSE),
    Transition("appliquer", "Reprendre pour de vrai", [EtatReprise.PRETE], EtatReprise.APPLICATION),
    Transition("achever", "Achever", [EtatReprise.APPLICATION], EtatReprise.FAITE),
)


class EtatBrouillon(Statut):
    """Une ligne de la liste d'un prescripteur, tant qu'elle n'est pas un dossier."""

    A_CORRIGER = "a_corriger", "À corriger"
    DOUBLON = "doublon", "Déjà connue ?"
    PRETE = "prete", "Prête"
    VERSEE = "versee", "Confiée"
    ECARTEE = "ecartee", "Écartée"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.A_CORRIGER: "retard", cls.DOUBLON: "attention", cls.PRETE: "info", cls.VERSEE: "fait"}

    @classmethod
    def modifiables(cls) -> list[str]:
        return [cls.A_CORRIGER, cls.DOUBLON, cls.PRETE]


_MODIFIABLES = EtatBrouillon.modifiables()
TRANSITIONS_BROUILLON = TableTransitions(
    Transition("rendre", "Rendre à corriger", [*_MODIFIABLES, EtatBrouillon.ECARTEE], EtatBrouillon.A_CORRIGER),
    Transition("signaler", "Signaler un doublon", [*_MODIFIABLES, EtatBrouillon.ECARTEE], EtatBrouillon.DOUBLON),
    Transition("accepter", "Déclarer prête", [*_MODIFIABLES, EtatBrouillon.ECARTEE], EtatBrouillon.PRETE),
    Transition("distinguer", "C'est une autre personne", [EtatBrouillon.DOUBLON], EtatBrouillon.PRETE),
    Transition("ecarter", "Écarter", _MODIFIABLES, EtatBrouillon.ECARTEE),
    Transition("verser", "Confier", [EtatBrouillon.PRETE], EtatBrouillon.VERSEE),
)
