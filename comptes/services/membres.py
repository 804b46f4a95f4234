"""Changer le rôle d'un membre, le retirer : effet dès sa requête suivante."""

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from comptes.acteur import Acteur
from comptes.enums import ROLE_TOUJOURS_POURVU, Role
from comptes.models import Adhesion, Organisation
from comptes.permissions import peut_changer_role, peut_retirer, roles_proposables
from socle.regles import RegleViolee
from socle.services.courriels import ecrire_courriel
from socle.services.enregistrement import verrouiller
from socle.services.journal import declarer_actions, noter

declarer_actions(
    role_change="Rôle d'un membre changé", membre_retire="Membre retiré", dossiers_fermes="Dossiers fermés à un compte"
)


@transaction.atomic
def changer_role(*, acteur: Acteur, adhesion: Adhesion, role: str) -> Adhesion:
    """Donne un autre rôle au membre. Sans effet si c'est déjà le sien."""
    adhesion = _verrouiller(acteur, adhesion)
    peut_changer_role(acteur, adhesion.organisation).exiger()
    _exiger_active(adhesion)
    if role not in roles_proposables(acteur, adhesion.organisation):
        raise RegleViolee("Vous ne pouvez pas donner ce rôle dans cette organisation.", champ="role")
    if role == adhesion.role:
        return adhesion
    _exiger_un_autre(adhesion)
    avant, adhesion.role = adhesion.role, role
    adhesion.save(update_fields=["role", "modifie_le"])
    _noter(acteur, "role_change", adhesion, avant=avant, apres=role)
    return adhesion


@transaction.atomic
def retirer_membre(*, acteur: Acteur, adhesion: Adhesion) -> None:
    """Ferme l'organisation à ce membre dès sa requête suivante ; la ligne reste, pour l'histoire.

    Une structure qui retire un compte à confirmer lui ferme ses dossiers : il garde ceux d'une autre qui l'a invité aussi.
    """
    adhesion = _verrouiller(acteur, adhesion)
    peut_retirer(acteur, adhesion).exiger()
    _exiger_active(adhesion)
    _exiger_un_autre(adhesion)
    if adhesion.a_confirmer and acteur.structure is not None:
        adhesion.structures.remove(acteur.structure)
        if adhesion.structures.exists():
            _noter(acteur, "dossiers_fermes", adhesion)
            _le_lui_dire(acteur, adhesion, dossiers_de=acteur.structure)
            return
    adhesion.active = False
    adhesion.save(update_fields=["active", "modifie_le"])
    _noter(acteur, "membre_retire", adhesion)
    import_string(settings.SUITE_D_UN_DEPART)(adhesion=adhesion)
    _le_lui_dire(acteur, adhesion)


def _le_lui_dire(acteur: Acteur, adhesion: Adhesion, dossiers_de: Organisation | None = None) -> None:
    """Qui part de lui-même le sait ; un autre l'apprend par un courriel, et à qui en parler.

    `dossiers_de` : la structure dont il perd les dossiers, quand une autre l'a invité aussi et que son compte reste.
    """
    if adhesion.utilisateur == acteur.utilisateur or not adhesion.utilisateur.is_active:
        return
    ecrire_courriel(
        destinataire=adhesion.utilisateur.email,
        gabarit="courriels/acces_retire",
        contexte={
            "organisation": adhesion.organisation.nom,
            "dossiers_de": dossiers_de and dossiers_de.nom,
            "par": acteur.utilisateur and acteur.utilisateur.get_full_name(),
        },
        repondre_a=acteur.utilisateur.email if acteur.utilisateur else "",
    )


def _verrouiller(acteur: Acteur, adhesion: Adhesion) -> Adhesion:
    """Verrouille l'organisation, pas la seule ligne : deux responsables ne se retirent pas l'un l'autre à la fois."""
    organisation: Organisation = verrouiller(Organisation.objects, acteur, pk=adhesion.organisation_id)
    return verrouiller(
        Adhesion.objects.select_related("organisation", "utilisateur"), acteur, adhesion, organisation=organisation
    )


def _exiger_active(adhesion: Adhesion) -> None:
    if not adhesion.active:
        raise RegleViolee("Cette personne n'est déjà plus membre de l'organisation.")


def _exiger_un_autre(adhesion: Adhesion) -> None:
    indispensable = ROLE_TOUJOURS_POURVU.get(adhesion.organisation.type)
    if adhesion.role != indispensable:
        return
    autres = adhesion.organisation.adhesions.filter(role=indispensable, active=True, utilisateur__is_active=True)
    if not autres.exclude(pk=adhesion.pk).exists():
        raise RegleViolee(
            f"« {adhesion.organisation} » n'aurait plus personne dans le rôle « {Role(indispensable).label} » : "
            "donnez-le à quelqu'un d'autre d'abord."
        )


def _noter(acteur: Acteur, action: str, adhesion: Adhesion, **donnees) -> None:
    noter(acteur=acteur, action=action, objet=adhesion.organisation, adhesion=adhesion, **donnees)
