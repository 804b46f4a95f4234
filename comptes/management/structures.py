"""Nommer une structure sur la ligne de commande."""

from django.core.management.base import CommandError

from comptes.enums import TypeOrganisation
from comptes.models import Organisation


def structure_ou_erreur(slug: str) -> Organisation:
    """La structure facilitatrice de cet identifiant court ; sinon une erreur qui nomme celles qui existent."""
    structures = Organisation.objects.actifs().filter(type=TypeOrganisation.FACILITATRICE)
    structure = structures.filter(slug=slug).first()
    if structure is None:
        connues = ", ".join(structures.order_by("slug").values_list("slug", flat=True)) or "aucune"
        raise CommandError(f"Structure inconnue : « {slug} ». Structures de cette base : {connues}.")
    return structure
