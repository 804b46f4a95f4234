"""Les portes de `comptes` : organisations, membres, invitations, agenda, profil."""

import datetime
import io

from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from comptes.enums import Role, TypeOrganisation
from comptes.models import Adhesion, Invitation, Logo, Organisation, PasPasse, Utilisateur
from tests.fabriques.comptes import (
    AbonnementAgendaFactory,
    AdhesionFactory,
    OrganisationFactory,
    PartenariatFactory,
)
from tests.fabriques.marches import FicheMaitreOuvrageFactory, MaitreOuvrageFactory
from tests.gestes.commun import ADMINISTRATEUR, RESPONSABLE, TOUS, Geste
from tests.monde import Cote


def _pas_encore_reliee(cote: Cote) -> Organisation:
    return OrganisationFactory(type=TypeOrganisation.FINANCEUR, nom=f"Financeur {cote.marque}")


def _abonnes(cote: Cote) -> dict:
    """Chacun a un lien d'agenda à révoquer."""
    for adhesion in Adhesion.objects.filter(abonnements_agenda__isnull=True):
        AbonnementAgendaFactory(adhesion=adhesion)
    return {}


def _a_renvoyer(cote: Cote) -> dict:
    """Envoyée hier : on ne renvoie pas ce qui vient de partir."""
    Invitation.objects.filter(pk=cote.invitation.pk).update(modifie_le=timezone.now() - datetime.timedelta(days=1))
    return {"invitation": cote.invitation}


def _a_relier(cote: Cote) -> dict:
    """Une fiche et un compte d'acheteur que la structure est seule à connaître, encore l'un sans l'autre."""
    fiche = MaitreOuvrageFactory(nom=f"Bailleur {cote.marque}")
    FicheMaitreOuvrageFactory(maitre_ouvrage=fiche, structure=cote.structure)
    compte = OrganisationFactory(maitre_ouvrage=True, nom=f"Compte {cote.marque}")
    PartenariatFactory(structure=cote.structure, organisation=compte)
    return {"fiche": fiche, "organisation": compte}


def _a_confirmer(cote: Cote) -> dict:
    organisation = cote.organisations[Role.ENTREPRISE]
    adhesion = AdhesionFactory(organisation=organisation, role=Role.ENTREPRISE, a_confirmer=True)
    return {"adhesion": adhesion}


def _compte(cote: Cote) -> dict:
    return {"utilisateur": cote.adhesion.utilisateur}


def _compte_bloque(cote: Cote) -> dict:
    Utilisateur.objects.filter(pk=cote.adhesion.utilisateur.pk).update(is_active=False)
    return _compte(cote)


def _connecte(cote: Cote) -> dict:
    session = SessionStore()
    session[SESSION_KEY] = str(cote.adhesion.utilisateur_id)
    session.create()
    return _compte(cote)


def _a_deux_facteurs(cote: Cote) -> dict:
    Authenticator.objects.get_or_create(
        user=cote.adhesion.utilisateur, type="totp", defaults={"data": {"secret": "JBSWY3DPEHPK3PXP"}}
    )
    return _compte(cote)


TOUS_LES_COMPTES = {"utilisateur": "l'administrateur tient tous les comptes, de toutes les organisations"}
GERENT = RESPONSABLE | ADMINISTRATEUR


def _logo(cote: Cote) -> dict:
    octets = io.BytesIO()
    Image.new("RGB", (80, 60), "navy").save(octets, "PNG")
    return {"fichier": SimpleUploadedFile("logo.png", octets.getvalue())}


def _avec_logo(cote: Cote) -> dict:
    Logo.objects.get_or_create(
        structure=cote.structure, defaults={"image": "logos/a.png", "largeur": 80, "hauteur": 60}
    )
    return {}


def _pas_passe(cote: Cote) -> dict:
    PasPasse.objects.get_or_create(structure=cote.structure, cle="equipe")
    return {"cle": "equipe"}


GESTES = {
    "comptes.services.structure.passer_un_pas": Geste(lambda c: {"cle": "partenaires"}, roles=RESPONSABLE),
    "comptes.services.structure.poser_logo": Geste(_logo, roles=RESPONSABLE),
    "comptes.services.structure.reprendre_un_pas": Geste(_pas_passe, roles=RESPONSABLE),
    "comptes.services.structure.retirer_logo": Geste(_avec_logo, roles=RESPONSABLE),
    "comptes.services.agenda.abonner_agenda": Geste(lambda c: {}, roles=TOUS | ADMINISTRATEUR, soi=True),
    "comptes.services.agenda.revoquer_agenda": Geste(_abonnes, roles=TOUS | ADMINISTRATEUR, soi=True),
    "comptes.services.comptes.bloquer_compte": Geste(_compte, roles=ADMINISTRATEUR, libres=TOUS_LES_COMPTES),
    "comptes.services.comptes.rouvrir_compte": Geste(_compte_bloque, roles=ADMINISTRATEUR, libres=TOUS_LES_COMPTES),
    "comptes.services.comptes.fermer_les_sessions": Geste(_connecte, roles=ADMINISTRATEUR, libres=TOUS_LES_COMPTES),
    "comptes.services.comptes.oter_second_facteur": Geste(
        _a_deux_facteurs, roles=ADMINISTRATEUR, libres=TOUS_LES_COMPTES
    ),
    "comptes.services.invitations.inviter": Geste(
        lambda c: {"organisation": c.structure, "email": "neuve@exemple.fr", "role": Role.RESPONSABLE}, roles=GERENT
    ),
    "comptes.services.invitations.renvoyer_invitation": Geste(_a_renvoyer, roles=GERENT),
    "comptes.services.invitations.revoquer_invitation": Geste(lambda c: {"invitation": c.invitation}, roles=GERENT),
    "comptes.services.membres.changer_role": Geste(
        lambda c: {"adhesion": c.adhesion, "role": Role.RESPONSABLE}, roles=GERENT
    ),
    "comptes.services.membres.retirer_membre": Geste(lambda c: {"adhesion": c.adhesion}, roles=GERENT | {Role.EDITION}),
    "comptes.services.organisations.creer_organisation": Geste(
        lambda c: {"type": TypeOrganisation.FINANCEUR, "nom": "Neuve", "email": "neuve@exemple.fr"},
        roles=ADMINISTRATEUR,
    ),
    "comptes.services.organisations.creer_structure": Geste(
        lambda c: {"slug": "neuve", "nom": "Neuve", "email": "neuve@exemple.fr"}, roles=ADMINISTRATEUR
    ),
    "comptes.services.organisations.creer_partenaire": Geste(
        lambda c: {"type": TypeOrganisation.FINANCEUR, "nom": "Neuve", "email": "neuve@exemple.fr"}, roles=RESPONSABLE
    ),
    "comptes.services.organisations.nouer_partenariat": Geste(
        lambda c: {"organisation": _pas_encore_reliee(c), "structure": c.structure},
        roles=GERENT,
        libres={
            "organisation": "c'est ce geste qui la met dans la portée : sans membre ni structure, elle n'est à personne"
        },
    ),
    "comptes.services.organisations.modifier_organisation": Geste(
        lambda c: {"organisation": c.structure, "nom": "Autre nom"}, roles=GERENT
    ),
    "comptes.services.organisations.archiver_organisation": Geste(
        lambda c: {"organisation": c.structure, "archiver": True}, roles=ADMINISTRATEUR
    ),
    "comptes.services.comptes_lies.inviter_depuis_une_fiche": Geste(
        lambda c: {"fiche": c.entreprise, "email": "neuve@exemple.fr"}, roles=RESPONSABLE
    ),
    "comptes.services.comptes_lies.relier_un_compte": Geste(_a_relier, roles=RESPONSABLE),
    "comptes.services.comptes_lies.rompre_le_lien": Geste(lambda c: {"fiche": c.maitre_ouvrage}, roles=GERENT),
    "comptes.services.confirmations.confirmer_compte": Geste(_a_confirmer, roles=ADMINISTRATEUR | {Role.ENTREPRISE}),
    "comptes.services.exploitants.inviter_administrateur": Geste(
        lambda c: {"email": "neuve@exemple.fr"}, roles=ADMINISTRATEUR
    ),
    "comptes.services.profil.modifier_profil": Geste(
        lambda c: {"prenom": "Autre", "nom": "Nom", "telephone": "02 33 00 00 01"},
        roles=TOUS | ADMINISTRATEUR,
        soi=True,
        sans_organisation=True,
    ),
}
MAILLONS: dict[str, str] = {
    "comptes.services.confirmations.poser_la_portee": "d'`accepter_invitation`, qui tient l'invitation de ce jeton",
    "comptes.services.invitations.proposer_une_place": "d'`inviter` et d'`inviter_depuis_une_fiche`, le droit contrôlé",
    "comptes.services.organisations.inscrire_organisation": "de qui a contrôlé le droit de l'acteur à l'ouvrir",
}
EXEMPTES = {
    "comptes.services.comptes.rechiffrer_les_secrets": "un travail périodique, sans personne",
    "comptes.services.comptes.secrets_illisibles": "lit : rien ne s'écrit",
    "comptes.services.agenda.acteur_du_jeton": "lit : le lien d'agenda dit de qui il est",
    "comptes.services.invitations.invitation_du_jeton": "lit : le lien d'invitation dit laquelle il ouvre",
    "comptes.services.invitations.accepter_invitation": "par un lien signé : le jeton désigne l'invitation, et elle seule",
}
