"""États des objets du socle, avec la couleur de leur badge."""

import datetime

from django.db import models

from socle.transitions import TableTransitions, Transition


class Statut(models.TextChoices):
    """Base des statuts : chaque membre peut recevoir un ton (`ton_de`), montré avec un mot et une forme, jamais seul."""

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {}

    @property
    def ton(self) -> str:
        return self.tons().get(self.value, "neutre")


class EtatAnalyse(models.TextChoices):
    """Ce que l'antivirus a dit d'un fichier déposé."""

    SANS = "sans", "non analysé"
    EN_ATTENTE = "en_attente", "en attente d'analyse"
    SAIN = "sain", "analysé"
    INFECTE = "infecte", "virus trouvé, fichier effacé"


class EtatDocument(Statut):
    EN_ATTENTE = "en_attente", "En attente"
    EN_COURS = "en_cours", "En cours"
    PRET = "pret", "Prêt"
    ECHEC = "echec", "Échec"
    EXPIRE = "expire", "Expiré"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.EN_COURS: "info", cls.PRET: "fait", cls.ECHEC: "retard"}

    @classmethod
    def refaisables(cls) -> list[str]:
        """Ce qui n'a pas ou plus de fichier, et qu'aucun travailleur ne fabrique."""
        return [cls.ECHEC, cls.EXPIRE]


class EtatCourriel(Statut):
    EN_ATTENTE = "en_attente", "En attente"
    ENVOYE = "envoye", "Envoyé"
    ABANDONNE = "abandonne", "Abandonné"
    REFUSE = "refuse", "Refusé"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.EN_ATTENTE: "info", cls.ENVOYE: "fait", cls.ABANDONNE: "retard", cls.REFUSE: "retard"}


TRANSITIONS_COURRIEL = TableTransitions(
    Transition("envoyer", "Envoyer", [EtatCourriel.EN_ATTENTE], EtatCourriel.ENVOYE),
    Transition("abandonner", "Abandonner après 24 heures", [EtatCourriel.EN_ATTENTE], EtatCourriel.ABANDONNE),
    Transition("refuser", "Consigner un refus", list(EtatCourriel), EtatCourriel.REFUSE),
    Transition("renvoyer", "Renvoyer", [EtatCourriel.ABANDONNE], EtatCourriel.EN_ATTENTE),
)


class Moment(models.IntegerChoices):
    """Quand agir : les trois sections de « À faire »."""

    AUJOURD_HUI = 0, "Aujourd'hui"
    SEMAINE = 1, "Cette semaine"
    PLUS_TARD = 2, "Plus tard"

    @classmethod
    def de(cls, jour: datetime.date | None, le: datetime.date, semaine: datetime.timedelta) -> "Moment":
        """Le moment d'une échéance ; sans échéance, plus tard."""
        if jour is None or jour > le + semaine:
            return cls.PLUS_TARD
        return cls.AUJOURD_HUI if jour <= le else cls.SEMAINE
