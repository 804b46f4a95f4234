"""Énumérations et transitions des offres, des candidatures et des contrats."""

from django.db import models

from socle.enums import Statut
from socle.transitions import TableTransitions, Transition


class Modalite(models.TextChoices):
    """Comment les heures se réalisent."""

    EMBAUCHE_DIRECTE = "embauche_directe", "Embauche directe"
    MISE_A_DISPOSITION = "mise_a_disposition", "Mise à disposition"
    SOUS_TRAITANCE = "sous_traitance", "Sous-traitance"
    COTRAITANCE = "cotraitance", "Cotraitance"
    ALTERNANCE = "alternance", "Alternance"


class TypeContrat(models.TextChoices):
    CDI = "cdi", "CDI"
    CDD = "cdd", "CDD"
    CDDI = "cddi", "CDDI (insertion)"
    CDDU = "cddu", "CDDU (usage)"
    INTERIM = "interim", "Intérim"
    APPRENTISSAGE = "apprentissage", "Apprentissage"
    PROFESSIONNALISATION = "professionnalisation", "Professionnalisation"

    @classmethod
    def en_alternance(cls) -> list[str]:
        return [cls.APPRENTISSAGE, cls.PROFESSIONNALISATION]


class GenreAvenant(models.TextChoices):
    """Ce qu'un avenant change au contrat de travail."""

    PROLONGATION = "prolongation", "Prolongation ou renouvellement"
    CDI = "cdi", "Transformation en CDI"
    DUREE = "duree", "Durée du travail"


class MotifFin(models.TextChoices):
    """Pourquoi un contrat s'arrête à une autre date que prévu."""

    EMBAUCHE = "embauche", "Embauche durable par l'employeur"
    AUTRE_EMPLOI = "autre_emploi", "Autre emploi"
    FORMATION = "formation", "Entrée en formation"
    ESSAI = "essai", "Fin de la période d'essai"
    SALARIE = "salarie", "Départ de la personne"
    EMPLOYEUR = "employeur", "Rupture par l'employeur"
    CHANTIER = "chantier", "Fin ou suspension du chantier"
    AUTRE = "autre", "Autre raison"


class StatutOffre(Statut):
    BESOIN = "besoin", "Besoin exprimé"
    BROUILLON = "brouillon", "Brouillon"
    DIFFUSEE = "diffusee", "Ouverte"
    POURVUE = "pourvue", "Pourvue"
    CLOSE = "close", "Close"
    ABANDONNEE = "abandonnee", "Abandonnée"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.BESOIN: "attention", cls.BROUILLON: "attention", cls.DIFFUSEE: "info", cls.POURVUE: "fait"}


TRANSITIONS_OFFRE = TableTransitions(
    Transition("prendre", "Prendre le besoin en main", [StatutOffre.BESOIN], StatutOffre.BROUILLON),
    Transition("retirer", "Retirer le besoin", [StatutOffre.BESOIN], StatutOffre.ABANDONNEE),
    Transition("ecarter", "Écarter le besoin", [StatutOffre.BESOIN], StatutOffre.ABANDONNEE),
    Transition("diffuser", "Diffuser l'offre", [StatutOffre.BROUILLON], StatutOffre.DIFFUSEE),
    Transition("pourvoir", "Constater que l'offre est pourvue", [StatutOffre.DIFFUSEE], StatutOffre.POURVUE),
    Transition("clore", "Clore l'offre", [StatutOffre.DIFFUSEE], StatutOffre.CLOSE),
    Transition("rouvrir", "Rouvrir l'offre", [StatutOffre.POURVUE, StatutOffre.CLOSE], StatutOffre.DIFFUSEE),
    Transition(
        "abandonner",
        "Abandonner l'offre",
        [StatutOffre.BROUILLON, StatutOffre.DIFFUSEE, StatutOffre.CLOSE],
        StatutOffre.ABANDONNEE,
    ),
)


class StatutCandidature(Statut):
    PROPOSEE = "proposee", "Proposée"
    PRESELECTIONNEE = "preselectionnee", "Présélectionnée"
    TRANSMISE = "transmise", "Transmise à l'entreprise"
    ENTRETIEN = "entretien", "Entretien"
    RETENUE = "retenue", "Retenue"
    REFUSEE = "refusee", "Non retenue"
    RETIREE = "retiree", "Retirée"
    SANS_SUITE = "sans_suite", "Sans suite"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {
            cls.PROPOSEE: "attention",
            cls.PRESELECTIONNEE: "info",
            cls.TRANSMISE: "info",
            cls.ENTRETIEN: "info",
            cls.RETENUE: "fait",
        }

    @classmethod
    def en_cours(cls) -> list[str]:
        return [cls.PROPOSEE, cls.PRESELECTIONNEE, cls.TRANSMISE, cls.ENTRETIEN]

    @classmethod
    def chez_l_entreprise(cls) -> list[str]:
        """Ce qu'une entreprise voit : ce qu'on lui a transmis, et ce qu'elle en a fait."""
        return [cls.TRANSMISE, cls.ENTRETIEN, cls.RETENUE]

    @classmethod
    def a_examiner(cls) -> list[str]:
        """Ce qui attend une réponse de l'entreprise."""
        return [cls.TRANSMISE, cls.ENTRETIEN]

    @classmethod
    def rencontrees(cls) -> list[str]:
        """Passées devant l'entreprise : reçues en entretien ou retenues."""
        return [cls.ENTRETIEN, cls.RETENUE]


_EN_COURS = StatutCandidature.en_cours()
_CHEZ_L_ENTREPRISE = StatutCandidature.a_examiner()
TRANSITIONS_CANDIDATURE = TableTransitions(
    Transition("preselectionner", "Présélectionner", [StatutCandidature.PROPOSEE], StatutCandidature.PRESELECTIONNEE),
    Transition(
        "transmettre", "Transmettre à l'entreprise", [StatutCandidature.PRESELECTIONNEE], StatutCandidature.TRANSMISE
    ),
    Transition("rencontrer", "Fixer un entretien", _CHEZ_L_ENTREPRISE, StatutCandidature.ENTRETIEN),
    Transition("retenir", "Retenir", _CHEZ_L_ENTREPRISE, StatutCandidature.RETENUE),
    Transition("refuser", "Ne pas retenir", _EN_COURS, StatutCandidature.REFUSEE),
    Transition("retirer", "Retirer", [*_EN_COURS, StatutCandidature.RETENUE], StatutCandidature.RETIREE),
    Transition("classer", "Classer sans suite", _EN_COURS, StatutCandidature.SANS_SUITE),
    Transition(
        "reprendre",
        "Reprendre",
        [StatutCandidature.REFUSEE, StatutCandidature.RETIREE, StatutCandidature.SANS_SUITE],
        StatutCandidature.PROPOSEE,
    ),
)
GESTES_DE_L_ENTREPRISE = frozenset({"rencontrer", "retenir", "refuser"})
GESTES_DU_PRESCRIPTEUR = frozenset({"retirer"})


class MotifRefus(models.TextChoices):
    """Pourquoi une candidature n'aboutit pas : des raisons qui servent à mieux proposer, jamais de santé."""

    COMPETENCES = "competences", "Compétences trop loin du poste"
    PERMIS = "permis", "Permis ou mobilité"
    DISPONIBILITE = "disponibilite", "Pas disponible aux dates"
    ABSENT = "absent", "Absente à l'entretien, ou injoignable"
    PROJET = "projet", "La personne a un autre projet"
    ELIGIBILITE = "eligibilite", "Éligibilité non établie"
    AUTRE_CANDIDATURE = "autre_candidature", "Une autre candidature a été retenue"
    AUTRE = "autre", "Autre raison"


class GenreAide(models.TextChoices):
    EMBAUCHE = "embauche", "L'embauche"
    FORMATION = "formation", "La formation"


class UniteAide(models.TextChoices):
    """En quoi se dit le montant d'une aide."""

    EUROS = "euros", "€, en une fois"
    EUROS_MOIS = "euros_mois", "€ par mois"
    EUROS_AN = "euros_an", "€ par an"
    EUROS_HEURE = "euros_heure", "€ par heure"
    POURCENT_SALAIRE = "pct_salaire", "% du salaire brut"
    POURCENT_COUT = "pct_cout", "% du coût"


class SituationConfiee(Statut):
    """Où en est une personne confiée, pour qui l'a confiée : au plus avancé."""

    CLOSE = "close", "Dossier clos"
    EN_CONTRAT = "en_contrat", "En contrat"
    PROPOSEE = "proposee", "Proposée"
    CHERCHE = "cherche", "Cherche"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.EN_CONTRAT: "fait", cls.PROPOSEE: "info", cls.CHERCHE: "attention"}


class SuiviePar(models.TextChoices):
    MOI = "moi", "Moi"
    COLLEGUE = "collegue", "Un ou une collègue"
    PERSONNE = "personne", "Sans référent"


class EtatSource(Statut):
    """Si l'on peut encore se fier à ce qu'une aide dit : sa source a été lue depuis moins d'un an, ou non."""

    A_JOUR = "a_jour", "À jour"
    A_VERIFIER = "a_verifier", "À vérifier"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.A_JOUR: "fait", cls.A_VERIFIER: "attention"}
