from django.db import models

from socle.enums import Statut
from socle.transitions import TableTransitions, Transition


class StatutAvis(Statut):
    """Ce que la structure a fait d'un marché lu dans les données publiques."""

    A_EXAMINER = "a_examiner", "À examiner"
    CONNU = "connu", "Déjà suivi"
    SUIVI = "suivi", "Mis au suivi"
    ECARTE = "ecarte", "Écarté"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.A_EXAMINER: "attention", cls.CONNU: "fait", cls.SUIVI: "fait"}


class EtatLecture(Statut):
    """Ce qu'un fichier déposé a donné, une fois sa lecture finie : « prêt » ne dirait pas ce qui n'a pas été lu."""

    LU = "lu", "Lu en entier"
    AVEC_REFUS = "avec_refus", "Lu, avec des refus"
    EN_PARTIE = "en_partie", "Lu en partie"
    ILLISIBLE = "illisible", "Illisible"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.LU: "fait", cls.AVEC_REFUS: "attention", cls.EN_PARTIE: "retard", cls.ILLISIBLE: "retard"}


class TypeContrat(models.TextChoices):
    MARCHE = "marche", "Marché"
    CONCESSION = "concession", "Concession"


class Consideration(models.TextChoices):
    """Les libellés du format réglementaire (arrêté du 22 décembre 2022), repris à la lettre."""

    CLAUSE = "Clause sociale", "Clause sociale"
    CRITERE = "Critère social", "Critère social"
    RESERVE = "Marché réservé", "Marché réservé"
    CONCESSION_RESERVEE = "Concession réservée", "Concession réservée"
    AUCUNE = "Pas de considération sociale", "Pas de considération sociale"


TRANSITIONS_AVIS = TableTransitions(
    Transition("suivre", "Suivre ce marché", [StatutAvis.A_EXAMINER, StatutAvis.ECARTE], StatutAvis.SUIVI),
    Transition("rattacher", "Rattacher à un marché", [StatutAvis.A_EXAMINER, StatutAvis.ECARTE], StatutAvis.CONNU),
    Transition("ecarter", "Écarter", [StatutAvis.A_EXAMINER], StatutAvis.ECARTE),
    Transition("reprendre", "Revoir", [StatutAvis.ECARTE], StatutAvis.A_EXAMINER),
)
