"""Créer les organisations, relier une structure à ses partenaires."""

from django.db import transaction
from django.utils.text import slugify

from comptes.acteur import Acteur
from comptes.enums import ROLE_TOUJOURS_POURVU, ROLES_PAR_TYPE, TYPES_LIES, TYPES_PARTENAIRES, TypeOrganisation
from comptes.models import Organisation, Partenariat
from comptes.permissions import (
    peut_administrer,
    peut_creer_partenaire,
    peut_modifier_organisation,
    peut_nouer_partenariat,
    peut_relier,
)
from comptes.services.invitations import inviter
from socle.regles import RegleViolee
from socle.services.enregistrement import basculer_archive, ecrire, modifier, verrouiller
from socle.services.journal import declarer_actions, noter

declarer_actions(
    organisation_creee="Organisation créée",
    organisation_modifiee="Organisation modifiée",
    organisation_archivee="Organisation archivée",
    organisation_reactivee="Organisation sortie de l'archive",
    partenariat_noue="Partenariat noué",
)


@transaction.atomic
def creer_organisation(
    *, acteur: Acteur, type: str, nom: str, slug: str = "", sorte: str = "", email: str = ""
) -> Organisation:
    """Crée une organisation et, si une adresse est donnée, invite son premier membre (responsable, pour une structure).

    L'identifiant court se déduit du nom s'il manque ; pris, il lève `RegleViolee`.
    """
    peut_administrer(acteur).exiger()
    organisation = inscrire_organisation(acteur=acteur, type=type, nom=nom, slug=slug, sorte=sorte)
    _inviter_le_premier(acteur, organisation, email)
    return organisation


def creer_structure(*, acteur: Acteur, slug: str, nom: str, email: str = "") -> Organisation:
    """Crée une structure facilitatrice et invite, si une adresse est donnée, son premier responsable."""
    return creer_organisation(acteur=acteur, type=TypeOrganisation.FACILITATRICE, nom=nom, slug=slug, email=email)


@transaction.atomic
def creer_partenaire(
    *, acteur: Acteur, type: str, nom: str, slug: str = "", sorte: str = "", email: str = ""
) -> Organisation:
    """Crée un partenaire de la structure de l'acteur et invite, si une adresse est donnée, son premier membre (`dit_a`)."""
    peut_creer_partenaire(acteur).exiger()
    if type in TYPES_LIES:
        raise RegleViolee("Une entreprise ou un maître d'ouvrage s'invite depuis sa fiche.", champ="type")
    if type not in TYPES_PARTENAIRES:
        raise RegleViolee("Choisissez un type d'organisation partenaire.", champ="type")
    organisation = inscrire_organisation(acteur=acteur, type=type, nom=nom, slug=slug, sorte=sorte)
    nouer_partenariat(acteur=acteur, organisation=organisation)
    _inviter_le_premier(acteur, organisation, email)
    return organisation


@transaction.atomic
def nouer_partenariat(
    *, acteur: Acteur, organisation: Organisation, structure: Organisation | None = None
) -> Partenariat:
    """Relie une organisation à une structure (celle de l'acteur si elle n'est pas dite). Sans effet la seconde fois."""
    peut_relier(acteur).exiger()
    structure = structure or acteur.organisation
    if structure is None:
        raise RegleViolee("Dites à quelle structure relier cette organisation.", champ="structure")
    # Pas encore de la portée de la structure, c'est ce geste qui l'y met : le prédicat dit lesquelles se relient.
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    deja = Partenariat.objects.filter(structure=structure, organisation=organisation).first()
    if deja and (acteur.est_administrateur or structure == acteur.organisation):
        return deja
    peut_nouer_partenariat(acteur, structure, organisation).exiger()
    partenariat = Partenariat.objects.create(structure=structure, organisation=organisation)
    noter(acteur=acteur, action="partenariat_noue", objet=organisation, structure=structure)
    return partenariat


@transaction.atomic
def modifier_organisation(*, acteur: Acteur, organisation: Organisation, **valeurs) -> Organisation:
    """Change le nom et, d'un prescripteur, la sorte."""
    organisation = verrouiller(Organisation.objects, acteur, organisation)
    peut_modifier_organisation(acteur, organisation).exiger()
    modifier(organisation, valeurs, acteur=acteur, action="organisation_modifiee")
    return organisation


@transaction.atomic
def archiver_organisation(*, acteur: Acteur, organisation: Organisation, archiver: bool) -> None:
    """Archivée, une organisation n'ouvre plus l'outil à ses membres, dès leur page suivante ; ses chiffres restent."""
    peut_administrer(acteur).exiger()
    organisation = verrouiller(Organisation.objects, acteur, organisation)
    if organisation.type == TypeOrganisation.OPERATEUR:
        raise RegleViolee("L'organisation qui exploite le service ne s'archive pas.")
    if basculer_archive(organisation, archiver=archiver):
        action = "organisation_archivee" if archiver else "organisation_reactivee"
        noter(acteur=acteur, action=action, objet=organisation)


def inscrire_organisation(*, acteur: Acteur, type: str, nom: str, slug: str = "", sorte: str = "") -> Organisation:
    """La ligne et son entrée au journal, pour qui en a contrôlé le droit."""
    if slug and Organisation.objects.filter(slug=slug).exists():
        raise RegleViolee(f"L'identifiant court « {slug} » est déjà pris par une autre organisation.", champ="slug")
    if sorte and type != TypeOrganisation.PRESCRIPTEUR:
        raise RegleViolee("Seul un prescripteur a une sorte.", champ="sorte")
    organisation = Organisation()
    ecrire(organisation, {"type": type, "nom": nom, "slug": slug or _slug_libre(nom), "sorte": sorte})
    noter(acteur=acteur, action="organisation_creee", objet=organisation, type=type)
    return organisation


def _inviter_le_premier(acteur: Acteur, organisation: Organisation, email: str) -> None:
    """Si une adresse est donnée ; `dit_a` le dit à l'écran."""
    if email:
        invitation = inviter(acteur=acteur, organisation=organisation, email=email, role=_premier_role(organisation))
        organisation.dit_a = invitation.dit_a


def _slug_libre(nom: str) -> str:
    base = slugify(nom)[:50] or "organisation"
    pris = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    rang = 2
    slug = base
    while slug in pris:
        slug, rang = f"{base}-{rang}", rang + 1
    return slug


def _premier_role(organisation: Organisation) -> str:
    """Le rôle qui ne doit jamais manquer, ou le seul qui existe."""
    return ROLE_TOUJOURS_POURVU.get(organisation.type) or next(iter(ROLES_PAR_TYPE[organisation.type]))
