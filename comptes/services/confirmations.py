"""Ce que voit le compte d'une entreprise ou d'un acheteur : les dossiers de qui l'a invité, puis, confirmé, tous les siens."""

from django.db import transaction

from comptes.acteur import Acteur
from comptes.enums import TYPES_LIES, TypeOrganisation
from comptes.models import Adhesion, Invitation, Organisation
from comptes.permissions import peut_confirmer
from comptes.preuves import est_prouve
from socle.regles import RegleViolee
from socle.services.enregistrement import verrouiller
from socle.services.journal import declarer_actions, noter

declarer_actions(compte_confirme="Compte confirmé", compte_prouve="Compte confirmé par son adresse")


@transaction.atomic
def confirmer_compte(*, acteur: Acteur, adhesion: Adhesion) -> Adhesion:
    """Ouvre à ce membre les dossiers de toutes les structures : quelqu'un répond qu'il est bien de cette organisation."""
    organisation: Organisation = verrouiller(Organisation.objects, acteur, pk=adhesion.organisation_id)
    adhesion = verrouiller(Adhesion.objects.select_related("organisation"), acteur, adhesion, organisation=organisation)
    peut_confirmer(acteur, adhesion).exiger()
    if not (adhesion.active and adhesion.a_confirmer):
        raise RegleViolee("Ce compte n'a pas à être confirmé.")
    _confirmer(adhesion)
    noter(acteur=acteur, action="compte_confirme", objet=organisation, adhesion=adhesion)
    return adhesion


def poser_la_portee(invitation: Invitation, adhesion: Adhesion, *, nouvelle: bool) -> None:
    """Dit, d'une place qui vient d'être prise, de quelles structures elle ouvre les dossiers."""
    if adhesion.organisation.type not in TYPES_LIES:
        return
    structures, a_confirmer = _heritage(invitation)
    if nouvelle:
        adhesion.a_confirmer = a_confirmer
        adhesion.save(update_fields=["a_confirmer", "modifie_le"])
        adhesion.structures.set(structures)
        return
    adhesion.structures.add(*structures)
    if adhesion.a_confirmer and not a_confirmer:
        _confirmer(adhesion)


def _heritage(invitation: Invitation) -> tuple[list[Organisation], bool]:
    """D'une structure : la sienne, à confirmer sauf preuve. D'un collègue : ce qu'il voit. De l'administrateur : tout."""
    if invitation.emettrice.type == TypeOrganisation.FACILITATRICE:
        prouve = est_prouve(invitation.organisation, invitation.emettrice, invitation.email)
        if prouve:
            systeme = Acteur.systeme(invitation.emettrice)
            noter(acteur=systeme, action="compte_prouve", objet=invitation.organisation, invitation=invitation)
        return [invitation.emettrice], not prouve
    collegue = Adhesion.objects.filter(
        organisation=invitation.organisation, utilisateur=invitation.invite_par_id or 0
    ).first()
    return (list(collegue.structures.all()), collegue.a_confirmer) if collegue else ([], False)


def _confirmer(adhesion: Adhesion) -> None:
    adhesion.a_confirmer = False
    adhesion.save(update_fields=["a_confirmer", "modifie_le"])
