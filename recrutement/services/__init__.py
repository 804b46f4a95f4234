from recrutement.services.aides import ajouter_aide, archiver_aide, installer_aides_proposees, modifier_aide
from recrutement.services.avenants import affecter_aussi, amender_contrat
from recrutement.services.besoins import (
    ecarter_besoin,
    exprimer_besoin,
    modifier_besoin,
    prendre_besoin,
    retirer_besoin,
)
from recrutement.services.candidatures import (
    avancer_candidature,
    avancer_candidatures,
    embaucher,
    proposer_personne,
    retablir_candidature,
)
from recrutement.services.cloture import avancer_offre
from recrutement.services.contrats import (
    archiver_contrat,
    conclure_contrat,
    modifier_contrat,
    prochain_identifiant,
    reprendre_contrats,
)
from recrutement.services.embauche import embaucher_une_nouvelle_personne
from recrutement.services.offres import (
    creer_offre,
    diffuser_offre,
    modifier_offre,
    ouvrir_a_l_entreprise,
    partager_offre,
    relancer_avant_la_date_limite,
    relancer_partenaires,
)
from recrutement.services.sans_critere import consigner_le_motif

__all__ = [
    "affecter_aussi",
    "ajouter_aide",
    "amender_contrat",
    "archiver_aide",
    "archiver_contrat",
    "avancer_candidature",
    "avancer_candidatures",
    "avancer_offre",
    "conclure_contrat",
    "consigner_le_motif",
    "creer_offre",
    "diffuser_offre",
    "ecarter_besoin",
    "embaucher",
    "embaucher_une_nouvelle_personne",
    "exprimer_besoin",
    "installer_aides_proposees",
    "modifier_aide",
    "modifier_besoin",
    "modifier_contrat",
    "modifier_offre",
    "ouvrir_a_l_entreprise",
    "partager_offre",
    "prendre_besoin",
    "prochain_identifiant",
    "proposer_personne",
    "relancer_avant_la_date_limite",
    "relancer_partenaires",
    "reprendre_contrats",
    "retablir_candidature",
    "retirer_besoin",
]
