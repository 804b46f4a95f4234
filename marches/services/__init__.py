"""Les gestes sur les maîtres d'ouvrage, les opérations, les marchés, les lots et les engagements."""

from marches.services.contacts import ajouter_contact, archiver_contact, modifier_contact
from marches.services.conventions import archiver_convention, creer_convention, modifier_convention
from marches.services.corps_metier import (
    ajouter_corps_metier,
    archiver_corps_metier,
    installer_corps_metier_proposes,
    modifier_corps_metier,
)
from marches.services.engagements import (
    ajouter_avenant,
    annuler_avenant,
    archiver_engagement,
    engager_entreprise,
    modifier_avenant,
    modifier_engagement,
)
from marches.services.lots import attribuer_lots, dimensionner_lots
from marches.services.maitres_ouvrage import (
    archiver_maitre_ouvrage,
    fusionner_les_maitres_ouvrage,
    modifier_maitre_ouvrage,
    suivre_maitre_ouvrage,
)
from marches.services.marches import (
    MOTIVEES,
    ajouter_lot,
    archiver_lot,
    archiver_marche,
    changer_statut,
    creer_marche,
    modifier_lot,
    modifier_marche,
)
from marches.services.operations import archiver_operation, creer_operation, modifier_operation
from marches.services.projets import (
    archiver_projet,
    avancer_projet,
    consigner_derogation,
    deposer_projet,
    modifier_projet,
    transformer_projet,
)
from marches.services.redaction import (
    adopter_le_modele,
    choisir_publics,
    ecrire_modele,
    proposer_le_modele,
    rediger,
    regler_les_clauses,
    revenir_au_modele_national,
)
from marches.services.reprise import (
    reprendre_engagements,
    reprendre_lots,
    reprendre_maitres_ouvrage,
    reprendre_marches,
)
from marches.services.scenarios import ajouter_scenario, retenir_scenario, retirer_scenario
from marches.services.suivi_achat import (
    ajouter_note,
    cocher_jalon,
    cocher_note,
    deplacer_jalon,
    deposer_piece,
    etablir_retroplanning,
    montrer_piece,
    retirer_piece,
)
from marches.services.tranches import affermir_tranche, ajouter_tranche, annuler_commande, enregistrer_commande

__all__ = [
    "MOTIVEES",
    "adopter_le_modele",
    "affermir_tranche",
    "ajouter_avenant",
    "ajouter_contact",
    "ajouter_corps_metier",
    "ajouter_lot",
    "ajouter_note",
    "ajouter_scenario",
    "ajouter_tranche",
    "annuler_avenant",
    "annuler_commande",
    "archiver_contact",
    "archiver_convention",
    "archiver_corps_metier",
    "archiver_engagement",
    "archiver_lot",
    "archiver_maitre_ouvrage",
    "archiver_marche",
    "archiver_operation",
    "archiver_projet",
    "attribuer_lots",
    "avancer_projet",
    "changer_statut",
    "choisir_publics",
    "cocher_jalon",
    "cocher_note",
    "consigner_derogation",
    "creer_convention",
    "creer_marche",
    "creer_operation",
    "deplacer_jalon",
    "deposer_piece",
    "deposer_projet",
    "dimensionner_lots",
    "ecrire_modele",
    "engager_entreprise",
    "enregistrer_commande",
    "etablir_retroplanning",
    "fusionner_les_maitres_ouvrage",
    "installer_corps_metier_proposes",
    "modifier_avenant",
    "modifier_contact",
    "modifier_convention",
    "modifier_corps_metier",
    "modifier_engagement",
    "modifier_lot",
    "modifier_maitre_ouvrage",
    "modifier_marche",
    "modifier_operation",
    "modifier_projet",
    "montrer_piece",
    "proposer_le_modele",
    "rediger",
    "regler_les_clauses",
    "reprendre_engagements",
    "reprendre_lots",
    "reprendre_maitres_ouvrage",
    "reprendre_marches",
    "retenir_scenario",
    "retirer_piece",
    "retirer_scenario",
    "revenir_au_modele_national",
    "suivre_maitre_ouvrage",
    "transformer_projet",
]
