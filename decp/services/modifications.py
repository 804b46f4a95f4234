"""Les modifications publiées d'avance : chacune s'applique à sa date, que le fichier soit repris ou non."""

import datetime
from decimal import Decimal

from django.db import transaction

from comptes.acteur import Acteur
from decp.models import AvisDecp
from socle.services.journal import declarer_actions, noter
from socle.services.lots import pour_chacun, travail

declarer_actions(avis_modifie="Modification publiée entrée en vigueur")


@travail("Modifications d'avis publics")
def appliquer_les_modifications(jour: datetime.date) -> int:
    """Applique celles dont la date est venue ; rend le nombre d'avis changés."""
    dus = AvisDecp.objects.a_modifier(jour).select_related("structure").order_by("pk").iterator()
    return sum(pour_chacun(dus, lambda avis: _appliquer(avis, jour)))


@transaction.atomic
def _appliquer(lu: AvisDecp, jour: datetime.date) -> bool:
    avis = AvisDecp.objects.a_modifier(jour).select_for_update(of=("self",)).filter(pk=lu.pk).first()
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
