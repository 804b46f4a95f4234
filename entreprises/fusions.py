"""Deux entreprises réunies dans une structure : ses contacts passent, la ligne commune et la fiche rangée restent."""

from socle.fusions import Sort

RELATIONS = {
    "entreprises.FicheEntreprise.entreprise": Sort.RESTE,
    "entreprises.ContactEntreprise.fiche": Sort.PASSE,
}
