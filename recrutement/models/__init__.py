from recrutement.models.aide import AideEmbauche
from recrutement.models.candidature import Candidature
from recrutement.models.contrat import AvenantContrat, Contrat
from recrutement.models.offre import Diffusion, Offre

__all__ = ["AideEmbauche", "AvenantContrat", "Candidature", "Contrat", "Diffusion", "Offre"]
