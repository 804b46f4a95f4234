"""Les marchés ne nomment personne, sauf l'auteur d'une modification dans leur historique."""

from socle.retention import Conservation

RELATIONS = {
    "marches.HistoricalMarche.history_user": Conservation.GARDER,
    "marches.HistoricalLot.history_user": Conservation.GARDER,
    "marches.HistoricalEngagement.history_user": Conservation.GARDER,
    "marches.HistoricalProjetAchat.history_user": Conservation.GARDER,
    "marches.Marche.facilitateur": Conservation.GARDER,
    "marches.HistoricalMarche.facilitateur": Conservation.GARDER,
    "marches.ModeleClause.auteur": Conservation.GARDER,
    "marches.Redaction.auteur": Conservation.GARDER,
    "marches.Note.auteur": Conservation.GARDER,
    "marches.Piece.depose_par": Conservation.GARDER,
    "marches.Engagement.correspondant": Conservation.GARDER,
    "marches.Engagement.tuteur": Conservation.GARDER,
    "marches.HistoricalEngagement.correspondant": Conservation.GARDER,
    "marches.HistoricalEngagement.tuteur": Conservation.GARDER,
}
