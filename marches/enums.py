"""Énumérations et transitions d'un marché."""

from django.db import models

from socle.enums import Statut
from socle.transitions import TableTransitions, Transition


class Nature(models.TextChoices):
    TRAVAUX = "travaux", "Travaux"
    SERVICES = "services", "Services"
    FOURNITURES = "fournitures", "Fournitures"


class TypeClause(models.TextChoices):
    """La façon dont l'insertion entre dans le contrat (code de la commande publique, ou contrat privé)."""

    CONDITION = "condition", "Condition d'exécution"
    CRITERE = "critere", "Critère d'attribution"
    CONDITION_ET_CRITERE = "condition_critere", "Condition et critère"
    RESERVE = "reserve", "Marché réservé"
    MARCHE_INSERTION = "marche_insertion", "Marché d'insertion"
    PRIVEE = "privee", "Clause privée (bailleur, ANRU, promoteur)"


class TypeMaitreOuvrage(models.TextChoices):
    COMMUNE = "commune", "Commune"
    EPCI = "epci", "Intercommunalité"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
    ETAT = "etat", "État"
    ETABLISSEMENT_PUBLIC = "etablissement_public", "Établissement public"
    HOPITAL = "hopital", "Hôpital"
    BAILLEUR = "bailleur", "Bailleur social"
    SEM = "sem", "SEM, SPL"
    SYNDICAT = "syndicat", "Syndicat"
    ENTREPRISE_PUBLIQUE = "entreprise_publique", "Entreprise publique"
    PRIVE = "prive", "Privé"
    AUTRE = "autre", "Autre"


class RoleEngagement(models.TextChoices):
    ATTRIBUTAIRE = "attributaire", "Attributaire"
    COTRAITANT = "cotraitant", "Cotraitant"


class StatutMarche(Statut):
    REPERE = "repere", "Repéré"
    ETUDE = "etude", "À l'étude"
    REDACTION = "redaction", "En rédaction"
    PUBLIE = "publie", "Publié"
    ATTRIBUE = "attribue", "Attribué"
    EXECUTION = "execution", "En exécution"
    SUSPENDU = "suspendu", "Suspendu"
    SOLDE = "solde", "Soldé"
    ABANDONNE = "abandonne", "Abandonné"

    @classmethod
    def tons(cls):
        return {
            cls.ATTRIBUE: "info",
            cls.EXECUTION: "info",
            cls.SUSPENDU: "attention",
            cls.SOLDE: "fait",
        }

    @classmethod
    def attribues(cls) -> frozenset["StatutMarche"]:
        """Les statuts d'un marché attribué : eux seuls comptent parmi les marchés suivis."""
        return frozenset({cls.ATTRIBUE, cls.EXECUTION, cls.SUSPENDU, cls.SOLDE})

    @classmethod
    def ouverts_aux_contrats(cls) -> frozenset["StatutMarche"]:
        return frozenset({cls.ATTRIBUE, cls.EXECUTION, cls.SUSPENDU})


_AVANT = (StatutMarche.REPERE, StatutMarche.ETUDE, StatutMarche.REDACTION, StatutMarche.PUBLIE)

TRANSITIONS_MARCHE = TableTransitions(
    Transition("etudier", "Mettre à l'étude", [StatutMarche.REPERE], StatutMarche.ETUDE),
    Transition("rediger", "Passer en rédaction", [StatutMarche.ETUDE], StatutMarche.REDACTION),
    Transition("publier", "Marquer publié", [StatutMarche.REDACTION], StatutMarche.PUBLIE),
    Transition("attribuer", "Attribuer", _AVANT, StatutMarche.ATTRIBUE),
    Transition("demarrer", "Démarrer l'exécution", [StatutMarche.ATTRIBUE], StatutMarche.EXECUTION),
    Transition("reprendre", "Reprendre l'exécution", [StatutMarche.SUSPENDU], StatutMarche.EXECUTION),
    Transition("solder", "Solder", [StatutMarche.ATTRIBUE, StatutMarche.EXECUTION], StatutMarche.SOLDE),
    Transition("suspendre", "Suspendre", [StatutMarche.EXECUTION], StatutMarche.SUSPENDU),
    Transition("rouvrir", "Rouvrir", [StatutMarche.SOLDE], StatutMarche.EXECUTION),
    Transition(
        "abandonner",
        "Abandonner",
        [*_AVANT, StatutMarche.ATTRIBUE, StatutMarche.EXECUTION, StatutMarche.SUSPENDU],
        StatutMarche.ABANDONNE,
    ),
    Transition("reactiver", "Réactiver", [StatutMarche.ABANDONNE], StatutMarche.REPERE),
)
