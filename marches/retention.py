"""Les marchés ne nomment que ceux que l'on appelle chez l'acheteur, et l'auteur d'une modification dans leur historique."""

from marches.models import ContactMaitreOuvrage
from socle.retention import Conservation

GARDER, EFFACER = Conservation.GARDER, Conservation.EFFACER

CHAMPS = {
    ContactMaitreOuvrage: {
        "id": GARDER,
        "uuid": GARDER,
        "cree_le": GARDER,
        "modifie_le": GARDER,
        "archive_le": GARDER,
        "fiche": GARDER,
        "nom": EFFACER,
        "nom_plie": EFFACER,
        "fonction": EFFACER,
        "courriel": EFFACER,
        "telephone": EFFACER,
    },
}

RELATIONS = {
    "marches.HistoricalMarche.history_user": GARDER,
    "marches.HistoricalLot.history_user": GARDER,
    "marches.HistoricalEngagement.history_user": GARDER,
    "marches.HistoricalProjetAchat.history_user": GARDER,
    "marches.Marche.facilitateur": GARDER,
    "marches.HistoricalMarche.facilitateur": GARDER,
    "marches.ModeleClause.auteur": GARDER,
    "marches.Redaction.auteur": GARDER,
    "marches.Note.auteur": GARDER,
    "marches.Piece.depose_par": GARDER,
    "marches.Engagement.correspondant": GARDER,
    "marches.Engagement.tuteur": GARDER,
    "marches.HistoricalEngagement.correspondant": GARDER,
    "marches.HistoricalEngagement.tuteur": GARDER,
}
