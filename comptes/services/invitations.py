"""Proposer une place par courriel, la renvoyer, la révoquer, la prendre."""

import datetime
import hashlib
import secrets

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.destinataires import membres_joignables
from comptes.enums import TYPES_LIES, Role, TypeOrganisation
from comptes.models import Adhesion, Invitation, Organisation, Utilisateur
from comptes.permissions import peut_inviter, roles_proposables
from comptes.services.confirmations import poser_la_portee
from socle.avis import Avis, Destinataire
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_a_chacun, ecrire_courriel
from socle.services.enregistrement import ecrire, verrouiller
from socle.services.journal import declarer_actions, noter

declarer_actions(
    invitation_envoyee="Invitation envoyée",
    invitation_renvoyee="Invitation renvoyée",
    invitation_revoquee="Invitation révoquée",
    invitation_acceptee="Invitation acceptée",
    entree_annoncee="Invitation par l'administrateur du service, annoncée aux responsables",
)

INVITATIONS_PAR_HEURE = 50
DELAI_AVANT_RENVOI = datetime.timedelta(minutes=1)


class LienPerime(RegleViolee):
    """Le lien n'ouvre plus rien. Une seule réponse dans tous les cas : elle n'apprend rien à qui essaie."""

    def __init__(self):
        super().__init__(
            "Ce lien d'invitation n'est plus valable : il a expiré, il a servi, ou un autre plus récent le remplace. "
            "Demandez à la personne qui vous a invité de le renvoyer."
        )


@transaction.atomic
def inviter(*, acteur: Acteur, organisation: Organisation, email: str, role: str) -> Invitation:
    """Propose une place et l'écrit à l'invité. L'invitation ne garde du lien que son empreinte."""
    # Deux invitations simultanées passent l'une après l'autre : la seconde voit la première.
    organisation = verrouiller(Organisation.objects, acteur, organisation)
    peut_inviter(acteur, organisation).exiger()
    if role not in roles_proposables(acteur, organisation):
        raise RegleViolee("Vous ne pouvez pas donner ce rôle dans cette organisation.", champ="role")
    invitation = proposer_une_place(acteur=acteur, organisation=organisation, email=email, role=role)
    _annoncer_aux_responsables(acteur, invitation)
    return invitation


def proposer_une_place(
    *, acteur: Acteur, organisation: Organisation, email: str, role: str, prenom: str = "", nom: str = ""
) -> Invitation:
    """L'invitation et son courriel, pour qui a contrôlé le droit de l'acteur et tient l'organisation sous verrou."""
    email = Utilisateur.objects.normalize_email(email.strip()).lower()
    _refuser_doublon(acteur, organisation, email)
    _refuser_exces(acteur)
    invitation = Invitation()
    jeton = _renouveler_jeton(invitation)
    ecrire(
        invitation,
        {
            "emettrice": acteur.organisation or organisation,
            "organisation": organisation,
            "email": email,
            "prenom": prenom,
            "nom": nom,
            "role": role,
            "invite_par": acteur.utilisateur,
        },
    )
    _envoyer(invitation, jeton)
    invitation.lien = _lien(jeton)
    noter(acteur=acteur, action="invitation_envoyee", objet=organisation, invitation=invitation, role=role)
    return invitation


@transaction.atomic
def renvoyer_invitation(*, acteur: Acteur, invitation: Invitation) -> Invitation:
    """Envoie un lien neuf ; l'ancien cesse aussitôt d'ouvrir. Une invitation périmée redevient valable."""
    invitation = _en_attente(acteur, invitation)
    if timezone.now() - invitation.modifie_le < DELAI_AVANT_RENVOI:
        raise RegleViolee("Cette invitation vient d'être envoyée : attendez une minute avant de la renvoyer.")
    jeton = _renouveler_jeton(invitation)
    invitation.save()
    _envoyer(invitation, jeton)
    invitation.lien = _lien(jeton)
    noter(acteur=acteur, action="invitation_renvoyee", objet=invitation.organisation, invitation=invitation)
    return invitation


@transaction.atomic
def revoquer_invitation(*, acteur: Acteur, invitation: Invitation) -> None:
    """Le lien déjà envoyé cesse d'ouvrir."""
    invitation = _en_attente(acteur, invitation)
    invitation.revoquee_le = timezone.now()
    invitation.save(update_fields=["revoquee_le", "modifie_le"])
    noter(acteur=acteur, action="invitation_revoquee", objet=invitation.organisation, invitation=invitation)


def invitation_du_jeton(jeton: str) -> Invitation:
    """L'invitation encore ouverte que ce lien désigne ; sinon `LienPerime`."""
    return _ouverte(jeton, Invitation.objects.all())


@transaction.atomic
def accepter_invitation(
    *, jeton: str, utilisateur: Utilisateur | None = None, prenom: str = "", nom: str = "", mot_de_passe: str = ""
) -> Adhesion:
    """Prend la place proposée, avec son compte (`utilisateur`) ou en créant celui de l'adresse invitée."""
    invitation = _ouverte(jeton, Invitation.objects.select_for_update(of=("self",)))
    if utilisateur is None:
        utilisateur = _creer_compte(invitation.email, prenom, nom, mot_de_passe)
    elif utilisateur.email.lower() != invitation.email:
        raise RegleViolee("Cette invitation s'adresse à une autre adresse que celle de votre compte.")
    adhesion = _adherer(invitation, utilisateur)
    invitation.acceptee_le = timezone.now()
    invitation.save(update_fields=["acceptee_le", "modifie_le"])
    acteur = Acteur(utilisateur, invitation.organisation, Role(adhesion.role))
    noter(acteur=acteur, action="invitation_acceptee", objet=invitation.organisation, invitation=invitation)
    return adhesion


def _annoncer_aux_responsables(acteur: Acteur, invitation: Invitation) -> None:
    """Une structure qui a ses responsables invite elle-même. Si l'administrateur le fait, en urgence, chacun d'eux l'apprend."""
    organisation = invitation.organisation
    if not acteur.est_administrateur or organisation.type != TypeOrganisation.FACILITATRICE:
        return
    responsables = membres_joignables(organisation.pk, roles=[Role.RESPONSABLE])
    if not responsables:
        return
    par = acteur.utilisateur
    contexte = {
        "organisation": organisation.nom,
        "par": par.get_full_name() if par else "",
        "email": invitation.email,
        "page": settings.SITE_URL + organisation.get_absolute_url(),
    }
    ecrire_a_chacun(responsables, gabarit="courriels/entree_annoncee", contexte=contexte)
    noter(acteur=acteur, action="entree_annoncee", objet=organisation, invitation=invitation, nombre=len(responsables))


def _empreinte(jeton: str) -> str:
    return hashlib.sha256(jeton.encode()).hexdigest()


def _lien(jeton: str) -> str:
    return settings.SITE_URL + reverse("comptes:invitation", args=[jeton])


def _renouveler_jeton(invitation: Invitation) -> str:
    """Pose l'empreinte d'un jeton neuf de 256 bits et l'échéance ; rend le jeton, que rien d'autre ne garde."""
    jeton = secrets.token_urlsafe(32)
    invitation.empreinte_jeton = _empreinte(jeton)
    invitation.expire_le = timezone.now() + datetime.timedelta(days=settings.INVITATION_VALIDITE_JOURS)
    return jeton


def _ouverte(jeton: str, invitations) -> Invitation:
    ouvertes = invitations.ouvertes().select_related("organisation", "emettrice")
    invitation = ouvertes.filter(empreinte_jeton=_empreinte(jeton)).first()
    if invitation is None:
        raise LienPerime
    return invitation


def _en_attente(acteur: Acteur, invitation: Invitation) -> Invitation:
    invitation = verrouiller(Invitation.objects.select_related("organisation"), acteur, invitation)
    peut_inviter(acteur, invitation.organisation).exiger()
    if invitation.acceptee_le:
        raise RegleViolee("Cette invitation a déjà été acceptée.")
    if invitation.revoquee_le:
        raise RegleViolee("Cette invitation a déjà été révoquée.")
    return invitation


def _refuser_doublon(acteur: Acteur, organisation: Organisation, email: str) -> None:
    """Un membre ne s'invite pas ; une place déjà proposée se renvoie. Une invitation périmée cède la place.

    Chez une entreprise ou un acheteur, chaque structure invite pour ses dossiers : l'invitation d'une autre ne compte pas.
    """
    membres = Adhesion.objects.filter(organisation=organisation, active=True, utilisateur__email=email)
    en_attente = organisation.invitations.en_attente().filter(email=email)
    if organisation.type in TYPES_LIES and acteur.structure is not None:
        membres = membres.connues_de([acteur.structure.pk])
        en_attente = en_attente.filter(emettrice=acteur.structure)
    if membres.exists():
        raise RegleViolee("Cette personne est déjà membre de l'organisation.", champ="email")
    en_attente.filter(expire_le__lte=timezone.now()).update(revoquee_le=timezone.now())
    if en_attente.exists():
        raise RegleViolee("Une invitation est déjà en cours pour cette adresse : renvoyez-la.", champ="email")


def _refuser_exces(acteur: Acteur) -> None:
    """Un compte volé ne fait pas de l'outil une machine à courriels."""
    depuis = timezone.now() - datetime.timedelta(hours=1)
    if acteur.organisation and (
        acteur.organisation.invitations_emises.filter(cree_le__gt=depuis).count() >= INVITATIONS_PAR_HEURE
    ):
        raise RegleViolee(f"Pas plus de {INVITATIONS_PAR_HEURE} invitations par heure : reprenez un peu plus tard.")


def _envoyer(invitation: Invitation, jeton: str) -> None:
    """Écrit l'invitation, et garde le courriel : qui l'a envoyée verra s'il revient."""
    par = invitation.invite_par
    invitation.courriel = ecrire_courriel(
        destinataire=invitation.email,
        gabarit="courriels/invitation",
        contexte={
            "organisation": invitation.organisation.nom,
            "role": invitation.get_role_display(),
            "par": par.get_full_name() if par else "",
            "lien": _lien(jeton),
            "expire_le": invitation.expire_le,
        },
        repondre_a=par.email if par else "",
    )
    invitation.save(update_fields=["courriel", "modifie_le"])
    invitation.dit_a = Avis("cette personne", (Destinataire(adresse=invitation.email),))


def _creer_compte(email: str, prenom: str, nom: str, mot_de_passe: str) -> Utilisateur:
    if Utilisateur.objects.filter(email=email).exists():
        raise RegleViolee("Un compte existe déjà à cette adresse : connectez-vous pour accepter l'invitation.")
    utilisateur = Utilisateur(email=email)
    try:
        validate_password(mot_de_passe, Utilisateur(email=email, prenom=prenom, nom=nom))
    except ValidationError as refus:
        raise ValidationError({"mot_de_passe": refus.messages}) from refus
    utilisateur.set_password(mot_de_passe)
    ecrire(utilisateur, {"prenom": prenom, "nom": nom})
    return utilisateur


def _adherer(invitation: Invitation, utilisateur: Utilisateur) -> Adhesion:
    adhesion, _ = Adhesion.objects.get_or_create(
        utilisateur=utilisateur,
        organisation=invitation.organisation,
        defaults={"role": invitation.role, "active": False},
    )
    nouvelle = not adhesion.active
    if nouvelle:  # un membre revenu reprend sa ligne, avec le rôle proposé cette fois
        ecrire(adhesion, {"role": invitation.role, "active": True})
    poser_la_portee(invitation, adhesion, nouvelle=nouvelle)
    return adhesion
