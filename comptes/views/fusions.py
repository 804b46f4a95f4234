"""Défaire une fusion, de quelque fiche qu'elle soit : sa structure, pendant une semaine."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from comptes.enums import FACILITATEURS_QUI_ECRIVENT
from socle.acces import ouverte_a
from socle.intitules import intitulee
from socle.models import Fusion
from socle.requetes import Requete
from socle.services.fusions import defaire_la_fusion, la_fiche
from socle.views.bases import objet_ou_404


@ouverte_a(FACILITATEURS_QUI_ECRIVENT)
@require_POST
@intitulee("Défaire une fusion")
def defaire(request: Requete, uuid) -> HttpResponse:
    fusion = objet_ou_404(Fusion, request.acteur, uuid)
    page: Any = la_fiche(fusion, fusion.gardee)
    try:
        page = defaire_la_fusion(acteur=request.acteur, fusion=fusion)
        messages.success(request, "Fusion défaite : chaque fiche a retrouvé ce qui était à elle.")
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
    return redirect(page.get_absolute_url())
