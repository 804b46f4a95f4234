from decp.lecture.avis import Avis, Modification, Refus, Titulaire
from decp.lecture.enregistrement import lire, lire_flux, nature_du_cpv
from decp.lecture.valeurs import lire_montant

__all__ = ["Avis", "Modification", "Refus", "Titulaire", "lire", "lire_flux", "lire_montant", "nature_du_cpv"]
