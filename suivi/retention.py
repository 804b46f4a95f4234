"""Les heures restent ; qui les a validées est un compte, anonymisé de son côté."""

from socle.retention import Conservation
from suivi.models import DemandeNouvelles, PointSuivi, Questionnaire, Reponse

CHAMPS = {
    Questionnaire: {
        "id": Conservation.GARDER,
        "uuid": Conservation.GARDER,
        "cree_le": Conservation.GARDER,
        "modifie_le": Conservation.GARDER,
        "contrat": Conservation.GARDER,
        "public": Conservation.GARDER,
        "destinataire": Conservation.EFFACER,
        "demande_le": Conservation.EFFACER,
        "essais": Conservation.GARDER,
        "repondu_le": Conservation.GARDER,
    },
    Reponse: {
        "id": Conservation.GARDER,
        "uuid": Conservation.GARDER,
        "cree_le": Conservation.GARDER,
        "modifie_le": Conservation.GARDER,
        "questionnaire": Conservation.GARDER,
        "question": Conservation.GARDER,
        "note": Conservation.GARDER,
        "texte": Conservation.EFFACER,
    },
    PointSuivi: {
        "id": Conservation.GARDER,
        "uuid": Conservation.GARDER,
        "cree_le": Conservation.GARDER,
        "modifie_le": Conservation.GARDER,
        "contrat": Conservation.GARDER,
        "terme": Conservation.GARDER,
        "du_le": Conservation.TRONQUER,
        "statut": Conservation.GARDER,
        "essais": Conservation.GARDER,
        "demande_le": Conservation.EFFACER,
        "situation": Conservation.GARDER,
        "en_formation": Conservation.GARDER,
        "precision": Conservation.EFFACER,
        "repondu_le": Conservation.GARDER,
        "repondu_par": Conservation.GARDER,
    },
    DemandeNouvelles: {
        "id": Conservation.GARDER,
        "uuid": Conservation.GARDER,
        "cree_le": Conservation.GARDER,
        "modifie_le": Conservation.GARDER,
        "beneficiaire": Conservation.GARDER,
        "organisation": Conservation.GARDER,
        "demandee_par": Conservation.GARDER,
        "reponse": Conservation.EFFACER,
        "repondue_le": Conservation.GARDER,
    },
}

RELATIONS = {
    "suivi.Attestation.emise_par": Conservation.GARDER,
    "suivi.Carence.auteur": Conservation.GARDER,
    "suivi.MiseEnDemeure.auteur": Conservation.GARDER,
    "suivi.Penalite.decidee_par": Conservation.GARDER,
    "suivi.Relance.courriel": Conservation.GARDER,
    "suivi.Reponse.questionnaire": Conservation.GARDER,
    "suivi.Declaration.validee_par": Conservation.GARDER,
    "suivi.DemandeNouvelles.beneficiaire": Conservation.EFFACER,
    "suivi.DemandeNouvelles.demandee_par": Conservation.GARDER,
    "suivi.PointSuivi.repondu_par": Conservation.GARDER,
    "suivi.HistoricalLigneHeures.history_user": Conservation.GARDER,
}
