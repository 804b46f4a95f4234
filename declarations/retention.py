"""Les heures restent ; ce qui était annoncé et joint s'efface. Qui les a validées est un compte, anonymisé de son côté."""

from declarations.models import DepartAnnonce, Justificatif, PersonneAnnoncee
from socle.retention import Conservation

CHAMPS = {
    DepartAnnonce: {
        "id": Conservation.GARDER,
        "uuid": Conservation.GARDER,
        "cree_le": Conservation.GARDER,
        "modifie_le": Conservation.GARDER,
        "declaration": Conservation.GARDER,
        "statut": Conservation.GARDER,
        "reponse": Conservation.EFFACER,
        "traitee_le": Conservation.GARDER,
        "traitee_par": Conservation.GARDER,
        "contrat": Conservation.GARDER,
        "parti_le": Conservation.TRONQUER,
        "motif": Conservation.GARDER,
    },
    PersonneAnnoncee: {
        "id": Conservation.GARDER,
        "uuid": Conservation.GARDER,
        "cree_le": Conservation.GARDER,
        "modifie_le": Conservation.GARDER,
        "declaration": Conservation.GARDER,
        "statut": Conservation.GARDER,
        "reponse": Conservation.EFFACER,
        "traitee_le": Conservation.GARDER,
        "traitee_par": Conservation.GARDER,
        "contrat": Conservation.GARDER,
        "nom": Conservation.EFFACER,
        "prenom": Conservation.EFFACER,
        "embauchee_le": Conservation.TRONQUER,
        "type_contrat": Conservation.GARDER,
        "heures": Conservation.GARDER,
        "precision": Conservation.EFFACER,
    },
    Justificatif: {
        "id": Conservation.GARDER,
        "uuid": Conservation.GARDER,
        "cree_le": Conservation.GARDER,
        "modifie_le": Conservation.GARDER,
        "declaration": Conservation.GARDER,
        "nom": Conservation.EFFACER,
        "fichier": Conservation.EFFACER,
        "analyse": Conservation.GARDER,
        "type_mime": Conservation.GARDER,
        "taille": Conservation.GARDER,
        "empreinte": Conservation.GARDER,
        "depose_par": Conservation.EFFACER,
        "retire_le": Conservation.GARDER,
    },
}

RELATIONS = {
    "declarations.Appel.par": Conservation.GARDER,
    "declarations.PauseRelances.posee_par": Conservation.GARDER,
    "declarations.DepartAnnonce.traitee_par": Conservation.GARDER,
    "declarations.PersonneAnnoncee.traitee_par": Conservation.GARDER,
    "declarations.Relance.courriel": Conservation.GARDER,
    "declarations.Relance.par": Conservation.GARDER,
    "declarations.Declaration.validee_par": Conservation.GARDER,
    "declarations.Rectification.ouverte_par": Conservation.GARDER,
    "declarations.Rectification.close_par": Conservation.GARDER,
    "declarations.HistoricalLigneHeures.history_user": Conservation.GARDER,
}
