"""Le contrat et la candidature restent, pour les chiffres : la personne qu'ils désignent n'est plus qu'une ligne sans nom."""

from recrutement.models import Candidature, MotifSansCritere
from socle.retention import Conservation

GARDER, TRONQUER, EFFACER = Conservation.GARDER, Conservation.TRONQUER, Conservation.EFFACER

CHAMPS = {
    Candidature: {
        "id": GARDER,
        "uuid": GARDER,
        "cree_le": GARDER,
        "modifie_le": GARDER,
        "offre": GARDER,
        "beneficiaire": GARDER,
        "proposee_par": GARDER,
        "auteur": GARDER,
        "statut": GARDER,
        "avis": EFFACER,
        "entretien_le": TRONQUER,
        "motif": GARDER,
        "precision": EFFACER,
        "decidee_le": TRONQUER,
        "statut_avant": GARDER,
        "contrat": GARDER,
    },
    MotifSansCritere: {
        "id": GARDER,
        "uuid": GARDER,
        "cree_le": GARDER,
        "modifie_le": GARDER,
        "contrat": GARDER,
        "motif": EFFACER,
        "consigne_le": GARDER,
        "consigne_par": GARDER,
    },
}

RELATIONS = {
    "recrutement.Contrat.beneficiaire": GARDER,
    "recrutement.HistoricalContrat.beneficiaire": GARDER,
    "recrutement.HistoricalContrat.history_user": GARDER,
    "recrutement.Contrat.tuteur": GARDER,
    "recrutement.HistoricalContrat.tuteur": GARDER,
    "recrutement.Candidature.beneficiaire": GARDER,
    "recrutement.Candidature.auteur": GARDER,
    "recrutement.MotifSansCritere.consigne_par": GARDER,  # un compte, qui s'anonymise de son côté
    "recrutement.HistoricalOffre.history_user": GARDER,
}
