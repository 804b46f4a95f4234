from recrutement.models.aide import AideEmbauche
from recrutement.models.candidature import Candidature
from recrutement.models.contrat import AvenantContrat, Contrat
from recrutement.models.offre import Diffusion, Offre
from recrutement.models.sans_critere import MotifSansCritere

__all__ = ["AideEmbauche", "AvenantContrat", "Candidature", "Contrat", "Diffusion", "MotifSansCritere", "Offre"]
