from django.db import models


class GrandDomaine(models.TextChoices):
    """Les quatorze grands domaines du répertoire opérationnel des métiers et des emplois (ROME) : la lettre du code."""

    AGRICULTURE = "A", "Agriculture, espaces verts, animaux"
    ARTS = "B", "Arts et façonnage d'ouvrages d'art"
    BANQUE = "C", "Banque, assurance, immobilier"
    COMMERCE = "D", "Commerce, vente, grande distribution"
    COMMUNICATION = "E", "Communication, média, multimédia"
    BTP = "F", "Construction, bâtiment, travaux publics"
    HOTELLERIE = "G", "Hôtellerie, restauration, tourisme, loisirs"
    INDUSTRIE = "H", "Industrie"
    INSTALLATION = "I", "Installation et maintenance"
    SANTE = "J", "Santé"
    SERVICES = "K", "Services à la personne et à la collectivité"
    SPECTACLE = "L", "Spectacle"
    SUPPORT = "M", "Support à l'entreprise"
    TRANSPORT = "N", "Transport et logistique"
