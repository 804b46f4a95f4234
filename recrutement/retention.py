"""Le contrat reste, avec ses heures : la personne qu'il désigne n'est plus qu'une ligne sans nom."""

from socle.retention import Conservation

RELATIONS = {
    "recrutement.Contrat.beneficiaire": Conservation.GARDER,
    "recrutement.HistoricalContrat.beneficiaire": Conservation.GARDER,
    "recrutement.HistoricalContrat.history_user": Conservation.GARDER,
}
