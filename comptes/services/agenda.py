import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from comptes.acteur import Acteur
from comptes.models import AbonnementAgenda, Adhesion
from socle.regles import RegleViolee
from socle.services.journal import declarer_actions, noter

declarer_actions(agenda_abonne="Lien d'agenda créé", agenda_revoque="Lien d'agenda révoqué")
OCTETS = 32


def _empreinte(jeton: str) -> str:
    return hashlib.sha256(jeton.encode()).hexdigest()


def _adhesion(acteur: Acteur) -> Adhesion:
    adhesion = (
        Adhesion.objects.en_vigueur()
        .filter(utilisateur=acteur.utilisateur, organisation=acteur.organisation, role=acteur.role)
        .first()
    )
    if adhesion is None:
        raise RegleViolee("Votre adhésion n'est plus en vigueur.")
    return adhesion


@transaction.atomic
def abonner_agenda(*, acteur: Acteur) -> str:
    """Crée le lien d'agenda de l'acteur et révoque le précédent. Rend le jeton : il ne se montre qu'une fois."""
    adhesion = _adhesion(acteur)
    _revoquer(adhesion)
    jeton = secrets.token_urlsafe(OCTETS)
    abonnement = AbonnementAgenda.objects.create(adhesion=adhesion, empreinte_jeton=_empreinte(jeton))
    noter(acteur=acteur, action="agenda_abonne", objet=abonnement)
    return jeton


@transaction.atomic
def revoquer_agenda(*, acteur: Acteur) -> None:
    adhesion = _adhesion(acteur)
    if _revoquer(adhesion):
        noter(acteur=acteur, action="agenda_revoque", objet=adhesion)


def _revoquer(adhesion: Adhesion) -> int:
    ouverts = AbonnementAgenda.objects.filter(adhesion=adhesion, revoque_le__isnull=True)
    return ouverts.update(revoque_le=timezone.now())


def acteur_du_jeton(jeton: str) -> Acteur | None:
    """Qui lit par ce lien, avec ses droits d'aujourd'hui ; `None` si le lien ou l'adhésion ne vaut plus."""
    abonnement = (
        AbonnementAgenda.objects.filter(empreinte_jeton=_empreinte(jeton), revoque_le__isnull=True)
        .filter(adhesion__in=Adhesion.objects.en_vigueur(), adhesion__utilisateur__is_active=True)
        .select_related("adhesion__utilisateur", "adhesion__organisation")
        .first()
    )
    if abonnement is None:
        return None
    return Acteur.membre(abonnement.adhesion)
