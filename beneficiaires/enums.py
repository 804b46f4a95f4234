from django.db import models

from socle.enums import Statut


class Sexe(models.TextChoices):
    FEMME = "F", "Femme"
    HOMME = "H", "Homme"


class NiveauFormation(models.TextChoices):
    """Nomenclature 2019 : niveau 3 = CAP ou BEP, 4 = bac, 5 = bac + 2, 6 = bac + 3."""

    AUCUN = "aucun", "Ni CAP ni BEP"
    TROIS = "3", "Niveau 3 (CAP, BEP)"
    QUATRE = "4", "Niveau 4 (bac)"
    CINQ = "5", "Niveau 5 (bac + 2)"
    SIX = "6", "Niveau 6 et plus (bac + 3 et plus)"


class CodeCritere(models.TextChoices):
    """Publics éligibles : croisement des listes du CCAG 2021 et des conventions de facilitateurs."""

    RSA = "RSA", "Bénéficiaire du RSA ou ayant droit"
    RQTH = "RQTH", "Travailleur handicapé (obligation d'emploi)"
    DELD = "DELD", "Demandeur d'emploi de longue durée"
    DETLD = "DETLD", "Demandeur d'emploi depuis 24 mois ou plus"
    ASS = "ASS", "Allocataire de l'ASS"
    AAH = "AAH", "Allocataire de l'AAH"
    AI_AV_INV = "AI_AV_INV", "Allocation d'insertion, veuvage ou pension d'invalidité"
    JEUNE_SQ = "JEUNE_SQ", "Moins de 26 ans sans qualification"
    JEUNE_DIPL = "JEUNE_DIPL", "Moins de 26 ans diplômé en recherche depuis 6 mois"
    JEUNE_SUIVI = "JEUNE_SUIVI", "Jeune en parcours (PACEA, CEJ, SMA, EPIDE, E2C)"
    SENIOR = "SENIOR", "Plus de 50 ans demandeur d'emploi"
    IAE = "IAE", "Salarié de l'insertion par l'activité économique"
    QPV = "QPV", "Habitant d'un quartier prioritaire éloigné de l'emploi"
    REF = "REF", "Réfugié ou protection subsidiaire"
    PSMJ = "PSMJ", "Personne sous main de justice ou sortante"
    PLIE = "PLIE", "Participant d'un PLIE"
    AUTRE = "AUTRE", "Autre difficulté particulière (avis motivé)"


class StatutQuartier(Statut):
    OUI = "oui", "Habite un QPV"
    NON = "non", "Hors QPV"
    A_VERIFIER = "a_verifier", "À vérifier"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.OUI: "fait", cls.A_VERIFIER: "attention"}


class OrigineRattachement(models.TextChoices):
    POLYGONE = "polygone", "D'après les coordonnées et les contours"
    DECISION = "decision", "Décision d'un facilitateur"
    REPRISE = "reprise", "Repris d'un classeur"


class GenreNote(models.TextChoices):
    ECHANGE = "echange", "Échange"
    ENTRETIEN = "entretien", "Entretien"
    VISITE = "visite", "Visite en entreprise"
    FORMATION = "formation", "Formation mobilisée"
    ALERTE = "alerte", "Difficulté signalée"


class VerdictEligibilite(Statut):
    OUI = "oui", "Éligible"
    A_VERIFIER = "a_verifier", "Pièce à vérifier"
    NON = "non", "Non éligible"

    @classmethod
    def tons(cls) -> dict[str, str]:
        return {cls.OUI: "fait", cls.A_VERIFIER: "attention", cls.NON: "retard"}


class SituationAdresse(models.TextChoices):
    """D'où viennent les coordonnées d'un domicile."""

    SANS = "sans", "Sans coordonnées"
    MAIN = "main", "Coordonnées tapées à la main"
    BAN = "ban", "Trouvée à la Base adresse nationale"
    IMPRECISE = "imprecise", "Trouvée à la Base adresse nationale, sans le numéro ni la rue"
    SANS_COMMUNE = "sans_commune", "Trouvée à la Base adresse nationale, sans que la commune soit dite"
    AILLEURS = "ailleurs", "Trouvée dans une autre commune que celle demandée"
    INCONNUE = "inconnue", "Inconnue de la Base adresse nationale"
    A_SITUER = "a_situer", "À situer : le service d'adresses ne répond pas"
