"""Les adresses : le client de la Base adresse nationale (BAN) et sa doublure pour les essais et la démonstration."""

from territoires.adresses.client import Adresse, ServiceIndisponible, chercher

__all__ = ["Adresse", "ServiceIndisponible", "chercher"]
