from beneficiaires.models.beneficiaire import Beneficiaire
from beneficiaires.models.domicile import Domicile, RattachementQuartier
from beneficiaires.models.faits import Critere, InscriptionEmploi, NiveauAtteint
from beneficiaires.models.parcours import NoteParcours
from beneficiaires.models.reglages import ReglageCritere, ReglagesEligibilite
from beneficiaires.models.ressemblance import Ressemblance

__all__ = [
    "Beneficiaire",
    "Critere",
    "Domicile",
    "InscriptionEmploi",
    "NiveauAtteint",
    "NoteParcours",
    "RattachementQuartier",
    "ReglageCritere",
    "ReglagesEligibilite",
    "Ressemblance",
]
