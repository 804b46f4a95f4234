"""Un bilan publié ne change plus ; son auteur et son relecteur sont des comptes, anonymisés de leur côté."""

from socle.retention import Conservation

RELATIONS = {
    "reporting.Bilan.etabli_par": Conservation.GARDER,
    "reporting.Bilan.relu_par": Conservation.GARDER,
}
