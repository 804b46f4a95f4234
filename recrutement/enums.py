from django.db import models


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
