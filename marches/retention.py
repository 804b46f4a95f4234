"""Les marchés ne nomment personne, sauf l'auteur d'une modification dans leur historique."""

from socle.retention import Conservation

RELATIONS = {
    "marches.HistoricalMarche.history_user": Conservation.GARDER,
    "marches.HistoricalLot.history_user": Conservation.GARDER,
    "marches.HistoricalEngagement.history_user": Conservation.GARDER,
}
