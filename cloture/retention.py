"""Ce qui est décidé reste ; ses auteurs sont des comptes, anonymisés de leur côté."""

from socle.retention import Conservation

RELATIONS = {
    "cloture.Attestation.emise_par": Conservation.GARDER,
    "cloture.Carence.auteur": Conservation.GARDER,
    "cloture.MiseEnDemeure.auteur": Conservation.GARDER,
    "cloture.Penalite.decidee_par": Conservation.GARDER,
}
