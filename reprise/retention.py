"""Le classeur déposé et les valeurs de son rapport s'effacent au bout de quelques jours ; ses comptes restent."""

from reprise.models import PersonneBrouillon
from reprise.services import listes, reprises
from socle.retention import Conservation

CHAMPS = {
    PersonneBrouillon: {
        "id": Conservation.GARDER,
        "uuid": Conservation.GARDER,
        "cree_le": Conservation.GARDER,
        "modifie_le": Conservation.GARDER,
        "liste": Conservation.GARDER,
        "ligne": Conservation.GARDER,
        "donnees": Conservation.EFFACER,
        "erreurs": Conservation.EFFACER,
        "etat": Conservation.GARDER,
        "personne": Conservation.GARDER,
    },
}

RELATIONS = {
    "reprise.ListeConfiee.deposee_par": Conservation.GARDER,
    "reprise.PersonneBrouillon.personne": Conservation.GARDER,
    "reprise.Reprise.deposee_par": Conservation.GARDER,
}

DUREES = [
    ("Un classeur repris", f"{reprises.JOURS_GARDES} jours"),
    ("Une liste de personnes déposée", f"{listes.JOURS_GARDES} jours"),
]
