from recrutement.models.candidature import Candidature
from recrutement.models.contrat import AvenantContrat, Contrat
from recrutement.models.offre import Diffusion, Offre

__all__ = ["AvenantContrat", "Candidature", "Contrat", "Diffusion", "Offre"]
