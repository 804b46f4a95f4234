"""Les modifications publiées d'avance : chacune s'applique à sa date, que le fichier soit repris ou non."""

import datetime
import logging
from decimal import Decimal

from django.db import transaction

from comptes.acteur import Acteur
from decp.models import AvisDecp
from socle.services.journal import declarer_actions, noter

declarer_actions(avis_modifie="Modification publiée entrée en vigueur")
journal = logging.getLogger(__name__)


def appliquer_les_modifications(jour: datetime.date) -> int:
    """Applique celles dont la date est venue ; un avis qui échoue se signale et n'arrête pas les autres. Rend leur nombre."""
    faites = 0
    for pk in AvisDecp.objects.a_modifier(jour).order_by("pk").values_list("pk", flat=True).iterator():
        try:
            faites += _appliquer(pk, jour)
        except Exception:
            journal.exception("L'avis %s garde sa modification à venir : elle n'a pas pu s'appliquer.", pk)
    return faites


@transaction.atomic
def _appliquer(pk: int, jour: datetime.date) -> bool:
    avis = AvisDecp.objects.a_modifier(jour).select_for_update(of=("self",)).filter(pk=pk).first()
    if avis is None:
        return False
    restantes = []
    for modification in avis.modifications_a_venir:
        if datetime.date.fromisoformat(modification["le"]) > jour:
            restantes.append(modification)
            continue
        avis.montant = Decimal(modification["montant"]) if modification["montant"] else avis.montant
        avis.duree_mois = modification["duree_mois"] or avis.duree_mois
        avis.titulaires = modification["titulaires"] or avis.titulaires
    avis.modifications_a_venir = restantes
    avis.prochaine_modification_le = restantes[0]["le"] if restantes else None
    avis.save()
    noter(acteur=Acteur.systeme(avis.structure), action="avis_modifie", objet=avis)
    return True
