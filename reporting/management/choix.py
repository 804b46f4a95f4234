"""Ce que les commandes demandent toutes : une structure par son nom court, une année qui existe."""

from django.core.management.base import CommandError

from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from reporting.models import PREMIERE_ANNEE


def structure_nommee(slug: str) -> Organisation:
    trouvee = Organisation.objects.filter(type=TypeOrganisation.FACILITATRICE, slug=slug).first()
    if trouvee is None:
        raise CommandError(f"Aucune structure facilitatrice ne s'appelle « {slug} ».")
    return trouvee


def verifier_annee(annee: int, derniere: int) -> None:
    if not PREMIERE_ANNEE <= annee <= derniere:
        raise CommandError(f"L'année {annee} n'est pas entre {PREMIERE_ANNEE} et {derniere}.")
