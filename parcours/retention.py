"""Ce qu'est devenue une personne reste, ses mots s'effacent."""

from parcours.models import DemandeNouvelles, PointSuivi, Questionnaire, ReglagesParcours, Reponse
from parcours.services.conservation import PREAVIS
from socle.retention import Conservation

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
    "parcours.Reponse.questionnaire": Conservation.GARDER,
    "parcours.DemandeNouvelles.beneficiaire": Conservation.EFFACER,
    "parcours.DemandeNouvelles.demandee_par": Conservation.GARDER,
    "parcours.PointSuivi.repondu_par": Conservation.GARDER,
}

USUELLE = ReglagesParcours._meta.get_field("conservation_mois").default
DUREES = [
    (
        "Le dossier d'une personne",
        f"{USUELLE} mois après le dernier contact, ou ce que sa structure a réglé ; elle est prévenue {PREAVIS.days} jours "
        "avant, puis le dossier est anonymisé : les bilans restent justes, la personne n'y est plus",
    )
]
