"""Un bilan publié ne change plus ; son auteur est un compte, anonymisé de son côté."""

from socle.retention import Conservation

RELATIONS = {
    "reporting.Bilan.etabli_par": Conservation.GARDER,
}
