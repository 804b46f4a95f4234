"""Ce que les commandes demandent toutes : une structure par son nom court, une année qui existe, un jour."""

import datetime

from django.core.management.base import CommandError
from django.utils import timezone

from comptes.enums import TypeOrganisation
from comptes.models import Organisation
from reporting.models import PREMIERE_ANNEE
from socle.lecture import Illisible, lire_jour


def structure_nommee(slug: str) -> Organisation:
    trouvee = Organisation.objects.filter(type=TypeOrganisation.FACILITATRICE, slug=slug).first()
    if trouvee is None:
        raise CommandError(f"Aucune structure facilitatrice ne s'appelle « {slug} ».")
    return trouvee


def verifier_annee(annee: int, derniere: int) -> None:
    if not PREMIERE_ANNEE <= annee <= derniere:
        raise CommandError(f"L'année {annee} n'est pas entre {PREMIERE_ANNEE} et {derniere}.")


def jour_choisi(texte: str | None) -> datetime.date:
    """Le jour où l'on se place ; aujourd'hui si rien n'est dit."""
    try:
        return lire_jour(texte) if texte else timezone.localdate()
    except Illisible as erreur:
        raise CommandError(f"Jour illisible : « {texte} ». Écrivez-le AAAA-MM-JJ, par exemple 2026-01-05.") from erreur
