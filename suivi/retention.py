"""Les heures restent ; qui les a validées est un compte, anonymisé de son côté."""

from socle.retention import Conservation

RELATIONS = {
    "suivi.Declaration.validee_par": Conservation.GARDER,
    "suivi.HistoricalLigneHeures.history_user": Conservation.GARDER,
}
