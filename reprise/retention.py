"""Le classeur déposé et les valeurs de son rapport s'effacent au bout de quelques jours ; ses comptes restent."""

from socle.retention import Conservation

RELATIONS = {
    "reprise.Reprise.deposee_par": Conservation.GARDER,
}
