"""Le compte d'une personne : ce qui en reste quand il n'ouvre plus rien depuis assez longtemps."""

from comptes.models import Invitation, Utilisateur
from socle.retention import Conservation

GARDER, EFFACER = Conservation.GARDER, Conservation.EFFACER

CHAMPS = {
    Utilisateur: {
        "id": GARDER,
        "uuid": GARDER,  # l'auteur d'une saisie reste distinct des autres, sans être nommé
        "email": EFFACER,
        "prenom": EFFACER,
        "nom": EFFACER,
        "nom_plie": EFFACER,
        "telephone": EFFACER,
        "password": EFFACER,
        "last_login": EFFACER,
        "is_active": GARDER,
        "is_staff": GARDER,
        "is_superuser": GARDER,
        "cree_le": GARDER,
        "groups": EFFACER,
        "user_permissions": EFFACER,
    },
    Invitation: {
        "courriel": GARDER,
        "id": GARDER,
        "uuid": GARDER,
        "cree_le": GARDER,
        "modifie_le": GARDER,
        "emettrice": GARDER,
        "organisation": GARDER,
        "email": EFFACER,
        "prenom": EFFACER,
        "nom": EFFACER,
        "role": GARDER,
        "empreinte_jeton": GARDER,
        "invite_par": GARDER,
        "expire_le": GARDER,
        "acceptee_le": GARDER,
        "revoquee_le": GARDER,
    },
}

RELATIONS = {
    "comptes.Adhesion.utilisateur": GARDER,  # qui fut membre de quoi, sans nom
    "comptes.Invitation.invite_par": GARDER,
    "comptes.Invitation.courriel": GARDER,  # s'il est arrivé, ou pourquoi non
    "socle.Document.demandeur": GARDER,
    "socle.VueEnregistree.utilisateur": EFFACER,  # des filtres à soi : ils ne servent plus à personne
    "socle.EntreeJournal.utilisateur": GARDER,  # le journal dit encore qu'un même compte a agi
    "account.EmailAddress.user": EFFACER,
    "mfa.Authenticator.user": EFFACER,
    "usersessions.UserSession.user": EFFACER,  # adresse IP et navigateur
}
