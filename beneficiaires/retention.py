"""Le dossier d'une personne : au terme, ses chiffres restent comptés, elle n'y est plus reconnaissable."""

from beneficiaires.models import (
    Beneficiaire,
    Critere,
    Domicile,
    InscriptionEmploi,
    NiveauAtteint,
    NoteParcours,
    RattachementQuartier,
)
from socle.retention import Conservation

GARDER, TRONQUER, EFFACER = Conservation.GARDER, Conservation.TRONQUER, Conservation.EFFACER
RAMENER = Conservation.RAMENER

SUIVI = {"id": GARDER, "uuid": GARDER, "cree_le": GARDER, "modifie_le": GARDER}
FAIT = {
    **SUIVI,
    "beneficiaire": GARDER,
    "depuis": RAMENER,
    "jusqu_a": RAMENER,
}  # aux jours où ses contrats ont commencé : les bilans n'en lisent pas d'autre ; un fait qui n'en couvre aucun s'efface

CHAMPS = {
    Beneficiaire: {
        **SUIVI,
        "archive_le": GARDER,
        "structure": GARDER,
        "identifiant": EFFACER,  # remplacé par l'UUID : le numéro de dossier figure sur des papiers
        "nom": EFFACER,
        "prenom": EFFACER,
        "nom_plie": EFFACER,
        "date_naissance": RAMENER,  # à la classe d'âge de chacun de ses contrats
        "sexe": GARDER,
        "telephone": EFFACER,
        "courriel": EFFACER,
        "referent": EFFACER,
        "referent_courriel": EFFACER,
        "prescripteur": GARDER,
        "metiers": EFFACER,
        "disponible_le": EFFACER,
        "rayon_km": EFFACER,
        "notes": EFFACER,
        "fin_annoncee_le": GARDER,
        "anonymise_le": GARDER,
    },
    Critere: {
        **FAIT,
        "code": GARDER,
        "principal": GARDER,
        "principal_depuis": RAMENER,
        "principal_jusqu_a": RAMENER,
        "piece_vue_le": EFFACER,
        "piece_vue_par": EFFACER,
        "piece_valable_jusqu_au": EFFACER,
    },
    NiveauAtteint: {**FAIT, "niveau": GARDER},
    InscriptionEmploi: FAIT,
    Domicile: {
        **FAIT,
        "adresse": EFFACER,
        "code_postal": TRONQUER,  # au département
        "commune": GARDER,
        "latitude": EFFACER,
        "longitude": EFFACER,
        "score": EFFACER,
        "situation": GARDER,
        "essais": GARDER,
        "prochain_essai_le": EFFACER,
    },
    RattachementQuartier: {
        **SUIVI,
        "domicile": GARDER,
        "millesime": GARDER,
        "quartier": GARDER,
        "statut": GARDER,
        "origine": GARDER,
        "score": GARDER,
        "distance_m": EFFACER,  # avec la commune, elle situe un domicile
        "motif": EFFACER,  # il redit la distance
        "verifie_par": GARDER,
        "verifie_le": GARDER,
    },
    NoteParcours: {
        **SUIVI,
        "beneficiaire": GARDER,
        "organisation": GARDER,
        "auteur": GARDER,
        "genre": GARDER,
        "jour": TRONQUER,
        "texte": EFFACER,
        "partagee": GARDER,
    },
}

RELATIONS = {
    "beneficiaires.Critere.beneficiaire": GARDER,
    "beneficiaires.NiveauAtteint.beneficiaire": GARDER,
    "beneficiaires.InscriptionEmploi.beneficiaire": GARDER,
    "beneficiaires.Domicile.beneficiaire": GARDER,
    "beneficiaires.RattachementQuartier.domicile": GARDER,
    "beneficiaires.Critere.piece_vue_par": GARDER,  # un compte, qui s'anonymise de son côté
    "beneficiaires.RattachementQuartier.verifie_par": GARDER,
    "beneficiaires.NoteParcours.beneficiaire": EFFACER,  # les notes partent avec la personne
    "beneficiaires.NoteParcours.auteur": GARDER,
    "beneficiaires.Ressemblance.dossier": GARDER,  # deux clés : elles ne nomment personne
    "beneficiaires.Ressemblance.autre": GARDER,
}
