from django.db import models


class TypeEntreprise(models.TextChoices):
    """Type d'employeur. Les sigles sont ceux du métier ; la valeur sert aussi au classeur de reprise."""

    CLASSIQUE = "classique", "Entreprise classique"
    SEP = "sep", "Société en participation (SEP)"
    EI = "ei", "Entreprise d'insertion (EI)"
    ACI = "aci", "Atelier et chantier d'insertion (ACI)"
    AI = "ai", "Association intermédiaire (AI)"
    ETTI = "etti", "Entreprise de travail temporaire d'insertion (ETTI)"
    EITI = "eiti", "Entreprise d'insertion par le travail indépendant (EITI)"
    GEIQ = "geiq", "Groupement d'employeurs pour l'insertion et la qualification (GEIQ)"
    REGIE = "regie", "Régie de quartier ou de territoire"
    EA = "ea", "Entreprise adaptée (EA)"
    EATT = "eatt", "Entreprise adaptée de travail temporaire (EATT)"
    ESAT = "esat", "Établissement et service d'accompagnement par le travail (ESAT)"
    ETT = "ett", "Entreprise de travail temporaire (ETT)"
