"""Ce qui se fait d'un coup sur plusieurs entreprises."""

from comptes.acteur import Acteur
from comptes.permissions import peut_inviter_depuis_une_fiche
from comptes.services import inviter_depuis_une_fiche
from entreprises.destinataires import joignables_de
from entreprises.models import Entreprise, FicheEntreprise
from entreprises.services import archiver_entreprise
from socle.ensemble import GesteDEnsemble, inscrire
from socle.regles import RegleViolee


def _inviter(acteur: Acteur, entreprise: Entreprise) -> None:
    """Le premier de ses contacts qui reçoit : celui à qui l'on écrit d'ordinaire."""
    contacts = joignables_de(acteur.agit_pour.pk, entreprise).contacts
    if not contacts:
        raise RegleViolee("aucun de ses contacts n'a d'adresse qui reçoit.")
    inviter_depuis_une_fiche(acteur=acteur, fiche=entreprise, email=contacts[0].adresse)


def _deja_un_compte(acteur: Acteur, entreprise: Entreprise) -> str:
    return "déjà un compte, ou une invitation." if entreprise.organisation_id else ""


def _archiver(acteur: Acteur, entreprise: Entreprise) -> None:
    archiver_entreprise(acteur=acteur, entreprise=entreprise, archiver=True)


def _deja_archivee(acteur: Acteur, entreprise: Entreprise) -> str:
    fiche = FicheEntreprise.objects.visibles_par(acteur).get(entreprise=entreprise)
    return "déjà dans l'archive." if fiche.est_archive else ""


inscrire(
    "entreprises.entreprise",
    GesteDEnsemble(
        nom="inviter",
        libelle="Inviter à ouvrir un compte",
        fait="entreprise invitée",
        faits="entreprises invitées",
        service=_inviter,
        deja=_deja_un_compte,
        permis=peut_inviter_depuis_une_fiche,
        aide="Le premier contact de chacune reçoit un lien pour ouvrir le compte et déclarer ses heures.",
    ),
    GesteDEnsemble(
        nom="archiver",
        libelle="Archiver",
        fait="entreprise archivée",
        faits="entreprises archivées",
        service=_archiver,
        deja=_deja_archivee,
        aide="Pour votre structure seulement. Leurs heures restent dans les bilans.",
    ),
)
