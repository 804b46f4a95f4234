from cloture.models.attestation import Attestation
from cloture.models.carence import Carence, MiseEnDemeure
from cloture.models.penalite import Penalite
from cloture.models.reglages import ReglagesCloture

__all__ = [
    "Attestation",
    "Carence",
    "MiseEnDemeure",
    "Penalite",
    "ReglagesCloture",
]
