"""Les gestes sur un dossier : identité, faits datés, domicile et quartier."""

from beneficiaires.services.conservation import anonymiser_dossier
from beneficiaires.services.domiciles import decider_quartier, declarer_domicile, situer_adresse
from beneficiaires.services.dossiers import (
    archiver_beneficiaire,
    creer_beneficiaire,
    enregistrer_recherche,
    modifier_beneficiaire,
    prochain_identifiant,
)
from beneficiaires.services.faits import (
    clore_critere,
    declarer_inscription,
    declarer_niveau,
    enregistrer_critere,
)
from beneficiaires.services.parcours import noter_parcours
from beneficiaires.services.prescription import (
    corriger_ma_personne,
    orienter_personne,
    passer_a_un_collegue,
    reaffecter_les_personnes,
)
from beneficiaires.services.reclassement import reclasser_domiciles
from beneficiaires.services.reglages import regler_critere, regler_duree_d_eligibilite
from beneficiaires.services.reprise import reprendre_dossiers, reprendre_faits
from beneficiaires.services.ressemblances import (
    dossier_garde,
    ecarter_la_ressemblance,
    fusionner_les_dossiers,
    signaler_les_ressemblances,
)

__all__ = [
    "anonymiser_dossier",
    "archiver_beneficiaire",
    "clore_critere",
    "corriger_ma_personne",
    "creer_beneficiaire",
    "decider_quartier",
    "declarer_domicile",
    "declarer_inscription",
    "declarer_niveau",
    "dossier_garde",
    "ecarter_la_ressemblance",
    "enregistrer_critere",
    "enregistrer_recherche",
    "fusionner_les_dossiers",
    "modifier_beneficiaire",
    "noter_parcours",
    "orienter_personne",
    "passer_a_un_collegue",
    "prochain_identifiant",
    "reaffecter_les_personnes",
    "reclasser_domiciles",
    "regler_critere",
    "regler_duree_d_eligibilite",
    "reprendre_dossiers",
    "reprendre_faits",
    "signaler_les_ressemblances",
    "situer_adresse",
]
