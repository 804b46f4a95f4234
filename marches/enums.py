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


class Forme(models.TextChoices):
    """La forme du contrat : elle décide du seuil, des dérogations, et de la façon dont naissent les heures dues."""

    MARCHE = "marche", "Marché ordinaire"
    TRANCHES = "tranches", "Marché à tranches"
    ACCORD_CADRE = "accord_cadre", "Accord-cadre"
    CONCESSION = "concession", "Concession"
    PRIVE = "prive", "Contrat privé"


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


class TypeAcheteur(models.TextChoices):
    """L'acheteur au sens des seuils européens : il décide du montant à partir duquel une condition sociale est due."""

    CENTRAL = "central", "État (autorité publique centrale)"
    COLLECTIVITE = "collectivite", "Collectivité ou autre pouvoir adjudicateur"
    ENTITE = "entite", "Entité adjudicatrice (réseaux)"
    PRIVE = "prive", "Acheteur privé"


class Technicite(models.TextChoices):
    """L'exigence du travail : plus elle est forte, moins une personne éloignée de l'emploi y entre sans formation."""

    FAIBLE = "faible", "Faible"
    MOYENNE = "moyenne", "Moyenne"
    FORTE = "forte", "Forte"


class Derogation(models.TextChoices):
    """Les quatre cas où l'acheteur peut ne pas prévoir de condition sociale (L2112-2-1, II) ; les concessions en ont deux."""

    SOLUTION_DISPONIBLE = "solution_disponible", "1° Solution immédiatement disponible"
    LIEN_INSUFFISANT = "lien_insuffisant", "2° Pas de lien suffisant avec l'objet"
    CONCURRENCE = "concurrence", "3° Concurrence restreinte ou exécution difficile"
    TRAVAUX_COURTS = "travaux_courts", "4° Travaux de moins de six mois"


class Formule(models.TextChoices):
    """Les sept façons de calculer un effort d'insertion (`marches.calcul`)."""

    MO_TAUX_COUT = "mo_taux_cout", "Part de main-d'œuvre × taux ÷ coût horaire"
    HEURES_MO = "heures_mo", "Heures de main-d'œuvre × taux"
    PCT_HEURES = "pct_heures", "Pourcentage des heures travaillées"
    ETP = "etp", "Emplois à temps plein"
    TRANCHE_EURO = "tranche_euro", "Une heure par tranche d'euros"
    FORFAIT = "forfait", "Nombre d'heures fixé"
    REPRISE_PERSONNEL = "reprise_personnel", "Reprise de personnel (propreté)"


class Arrondi(models.TextChoices):
    PLUS_PROCHE = "plus_proche", "À l'heure la plus proche"
    SUPERIEUR = "superieur", "À l'heure supérieure"
    INFERIEUR = "inferieur", "À l'heure inférieure"


class Assiette(models.TextChoices):
    """D'où naissent les heures dues d'un lot : du contrat, ou de ce qui est commandé ou facturé au fil de l'eau."""

    CONTRAT = "contrat", "Heures fixées au contrat"
    COMMANDES = "commandes", "Cumul des bons de commande"
    FACTURES = "factures", "Cumul des factures"


class GenreCommande(models.TextChoices):
    BON = "bon", "Bon de commande"
    FACTURE = "facture", "Facture"


class Programme(models.TextChoices):
    """Le programme d'une opération, et l'objectif d'insertion de sa charte."""

    AUCUN = "aucun", "Aucun programme"
    NPNRU = "npnru", "NPNRU, travaux et ingénierie (5 % des heures)"
    GUP = "gup", "Gestion urbaine de proximité (10 % des heures)"
    AUTRE = "autre", "Autre programme"


class CodeJalon(models.TextChoices):
    """Les étapes d'un achat, à rebours de la notification (`marches.retroplanning`)."""

    REPERAGE = "reperage", "Repérer le marché"
    ETUDE = "etude", "Étudier la faisabilité"
    CALIBRAGE = "calibrage", "Calibrer les heures"
    REDACTION = "redaction", "Rédiger la clause"
    FORMATION = "formation", "Construire la formation préalable"
    ALTERNANCE = "alternance", "Préparer l'alternance"
    PUBLICATION = "publication", "Publier la consultation"
    NOTIFICATION = "notification", "Notifier le marché"
    LANCEMENT = "lancement", "Réunir l'entreprise (lancement)"
    PREMIERE_EMBAUCHE = "premiere_embauche", "Première mise à l'emploi"


class ResponsableAction(models.TextChoices):
    FACILITATEUR = "facilitateur", "Le facilitateur"
    ACHETEUR = "acheteur", "L'acheteur"
    ENTREPRISE = "entreprise", "L'entreprise"
    PRESCRIPTEUR = "prescripteur", "Un prescripteur"


class TypePiece(models.TextChoices):
    CONSULTATION = "consultation", "Pièce de la consultation"
    CONTRAT = "contrat", "Acte d'engagement, contrat"
    AVENANT = "avenant", "Avenant"
    COMMANDE = "commande", "Bon de commande, facture"
    COURRIER = "courrier", "Courrier, compte rendu"
    AUTRE = "autre", "Autre pièce"


class PieceClause(models.TextChoices):
    """Les pièces que l'on sait rédiger, et l'ordre où elles se lisent."""

    RC = "rc", "Règlement de la consultation"
    AE = "ae", "Acte d'engagement"
    CCAP = "ccap", "Cahier des clauses administratives"
    PUBLICS = "publics", "Annexe : publics éligibles"
    FICHE_ENTREPRISE = "fiche_entreprise", "Annexe : fiche entreprise"
    PENALITES = "penalites", "Annexe : pénalités"
    SUIVI = "suivi", "Annexe : suivi"


class StatutProjet(Statut):
    """Un projet d'achat, avant d'être un marché."""

    REPERE = "repere", "Repéré"
    ETUDE = "etude", "À l'étude"
    PROPOSE = "propose", "Proposé à l'acheteur"
    RETENU = "retenu", "Retenu"
    ECARTE = "ecarte", "Écarté"
    MARCHE = "marche", "Devenu un marché"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.ETUDE: "info", cls.PROPOSE: "attention", cls.RETENU: "fait", cls.MARCHE: "fait"}

    @classmethod
    def ouverts(cls) -> frozenset["StatutProjet"]:
        """Les statuts où il reste quelque chose à décider."""
        return frozenset({cls.REPERE, cls.ETUDE, cls.PROPOSE, cls.RETENU})


TRANSITIONS_PROJET = TableTransitions(
    Transition("etudier", "Mettre à l'étude", [StatutProjet.REPERE], StatutProjet.ETUDE),
    Transition("proposer", "Proposer à l'acheteur", [StatutProjet.ETUDE], StatutProjet.PROPOSE),
    Transition("retenir", "Retenir la clause", [StatutProjet.PROPOSE], StatutProjet.RETENU),
    Transition("transformer", "En faire un marché", [StatutProjet.RETENU], StatutProjet.MARCHE),
    Transition(
        "ecarter",
        "Écarter",
        [StatutProjet.REPERE, StatutProjet.ETUDE, StatutProjet.PROPOSE, StatutProjet.RETENU],
        StatutProjet.ECARTE,
    ),
    Transition("reprendre", "Reprendre l'étude", [StatutProjet.ECARTE, StatutProjet.PROPOSE], StatutProjet.ETUDE),
)


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
    def tons(cls) -> dict[str, str]:
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
    def avant_attribution(cls) -> frozenset["StatutMarche"]:
        return frozenset({cls.REPERE, cls.ETUDE, cls.REDACTION, cls.PUBLIE})

    @classmethod
    def ouverts_aux_contrats(cls) -> frozenset["StatutMarche"]:
        return frozenset({cls.ATTRIBUE, cls.EXECUTION, cls.SUSPENDU})


_AVANT = tuple(statut for statut in StatutMarche if statut in StatutMarche.avant_attribution())

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


class FormationComptee(models.TextChoices):
    """Ce qu'un marché retient des heures de formation : aucune règle nationale, c'est le contrat qui le dit."""

    NON = "non", "Ne comptent pas"
    OUI = "oui", "Comptent toutes"
    PLAFONNEE = "plafonnee", "Comptent jusqu'à un plafond"


class Periodicite(models.TextChoices):
    """À quel rythme l'entreprise déclare ses heures ; chaque mois reste une ligne, seule l'échéance change."""

    MENSUELLE = "mensuelle", "Chaque mois"
    TRIMESTRIELLE = "trimestrielle", "Chaque trimestre"
