"""Lire le lien d'un courriel écrit, comme le ferait la personne qui le reçoit."""

import re

from socle.models import Courriel


def courriels_a(adresse: str) -> list[Courriel]:
    return list(Courriel.objects.filter(destinataire=adresse).order_by("pk"))


def jeton_du_courriel(adresse: str) -> str:
    """Le jeton du dernier lien d'invitation envoyé à cette adresse."""
    return re.search(r"/invitation/([\w-]+)/", courriels_a(adresse)[-1].corps)[1]
