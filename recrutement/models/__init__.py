from recrutement.models.candidature import Candidature
from recrutement.models.contrat import Contrat
from recrutement.models.offre import Diffusion, Offre

__all__ = ["Candidature", "Contrat", "Diffusion", "Offre"]
