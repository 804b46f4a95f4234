"""Les correspondants d'une entreprise : des personnes aussi, qui changent d'emploi sans nous le dire."""

from entreprises.models import ContactEntreprise
from socle.retention import Conservation

GARDER, EFFACER = Conservation.GARDER, Conservation.EFFACER

CHAMPS = {
    ContactEntreprise: {
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
        "courriel_en_erreur_le": EFFACER,
        "telephone": EFFACER,
    },
}
