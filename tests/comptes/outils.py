"""Lire le lien d'un courriel écrit, comme le ferait la personne qui le reçoit."""

import re

from django.core import mail

from socle.models import Courriel


def courriels_a(adresse: str) -> list[Courriel]:
    return list(Courriel.objects.filter(destinataire=adresse).order_by("pk"))


def texte_recu(adresse: str) -> str:
    """Le texte du dernier courriel à cette adresse. Une fois parti, celui que garde la base n'ouvre plus rien."""
    partis = [courriel.body for courriel in mail.outbox if adresse in courriel.to]
    return partis[-1] if partis else courriels_a(adresse)[-1].corps


def jeton_du_courriel(adresse: str) -> str:
    """Le jeton du dernier lien d'invitation envoyé à cette adresse."""
    return re.search(r"/invitation/([\w-]+)/", texte_recu(adresse))[1]
