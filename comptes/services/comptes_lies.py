"""Les comptes d'une entreprise ou d'un acheteur s'ouvrent depuis sa fiche : on n'y demande que la personne."""

from django.db import transaction

from comptes.acteur import Acteur
from comptes.enums import ROLES_PAR_TYPE
from comptes.models import AvecCompte, Invitation, Organisation, Partenariat
from comptes.permissions import peut_inviter_depuis_une_fiche, peut_relier_un_compte, peut_rompre_le_lien
from comptes.services.invitations import proposer_une_place
from comptes.services.organisations import inscrire_organisation
from socle.regles import RegleViolee
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import declarer_actions, noter

declarer_actions(compte_relie="Compte relié à la fiche", compte_delie="Compte séparé de la fiche")


@transaction.atomic
def inviter_depuis_une_fiche(
    *, acteur: Acteur, fiche: AvecCompte, email: str, prenom: str = "", nom: str = ""
) -> Invitation:
    """Invite quelqu'un d'une entreprise ou d'un acheteur que la structure suit ; son organisation est celle de la fiche."""
    peut_inviter_depuis_une_fiche(acteur).exiger()
    fiche = _suivie(acteur, fiche)
    organisation = fiche.organisation or _ouvrir_le_compte(acteur, fiche)
    if organisation.est_archive:
        raise RegleViolee("L'administrateur du service a archivé ce compte : demandez-lui de le rouvrir.")
    Partenariat.objects.get_or_create(structure=acteur.organisation, organisation=organisation)
    (role,) = ROLES_PAR_TYPE[fiche.TYPE_DU_COMPTE]
    return proposer_une_place(acteur=acteur, organisation=organisation, email=email, role=role, prenom=prenom, nom=nom)


@transaction.atomic
def relier_un_compte(*, acteur: Acteur, fiche: AvecCompte, organisation: Organisation) -> AvecCompte:
    """Donne à la fiche un compte ouvert avant elle. Ses membres n'y voient que les dossiers de la structure, à confirmer."""
    peut_inviter_depuis_une_fiche(acteur).exiger()
    fiche = _suivie(acteur, fiche)
    if fiche.organisation is not None:
        raise RegleViolee("Cette fiche a déjà un compte.")
    organisation = verrouiller(Organisation.objects, acteur, organisation)
    peut_relier_un_compte(acteur, organisation, fiche).exiger()
    for adhesion in organisation.adhesions.all():
        adhesion.a_confirmer = True
        adhesion.save(update_fields=["a_confirmer", "modifie_le"])
        adhesion.structures.set([acteur.agit_pour])
    _relier(acteur, fiche, organisation)
    return fiche


@transaction.atomic
def rompre_le_lien(*, acteur: Acteur, fiche: AvecCompte) -> AvecCompte:
    """Les membres du compte ne voient plus rien de cette fiche, dès leur page suivante ; le compte reste, relié à rien."""
    fiche = verrouiller(type(fiche).objects.select_related("organisation"), acteur, fiche)
    if fiche.organisation is None:
        raise RegleViolee("Cette fiche n'a pas de compte.")
    peut_rompre_le_lien(acteur, fiche.organisation).exiger()
    organisation = fiche.organisation
    ecrire(fiche, {"organisation": None})
    for objet in (fiche, organisation):
        noter(acteur=acteur, action="compte_delie", objet=objet, nom=fiche.nom_du_compte)
    return fiche


def _suivie(acteur: Acteur, fiche: AvecCompte) -> AvecCompte:
    """La fiche, sous verrou, si la structure travaille avec elle : une fiche qu'elle a archivée n'ouvre pas de compte."""
    lignes = type(fiche).objects.select_related("organisation")
    fiche = verrouiller(lignes, acteur, fiche)
    if not lignes.suivis_par(acteur.organisation, archives=False).filter(pk=fiche.pk).exists():
        raise RegleViolee("Cette fiche est archivée : sortez-la de l'archive pour inviter quelqu'un.")
    return fiche


def _ouvrir_le_compte(acteur: Acteur, fiche: AvecCompte) -> Organisation:
    organisation = inscrire_organisation(acteur=acteur, type=fiche.TYPE_DU_COMPTE, nom=fiche.nom_du_compte)
    _relier(acteur, fiche, organisation)
    return organisation


def _relier(acteur: Acteur, fiche: AvecCompte, organisation: Organisation) -> None:
    ecrire(fiche, {"organisation": organisation})
    for objet in (fiche, organisation):
        noter(acteur=acteur, action="compte_relie", objet=objet, nom=fiche.nom_du_compte)
