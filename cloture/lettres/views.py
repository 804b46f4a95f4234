"""Lire une lettre de mise en demeure."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from cloture.models import MiseEnDemeure
from comptes.enums import FACILITATEURS, Role
from socle.acces import ouverte_a
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.views.bases import objet_ou_404
from socle.views.documents import reponse_fichier

LECTEURS_DES_COURRIERS = FACILITATEURS | {Role.MAITRE_OUVRAGE, Role.ENTREPRISE}


@ouverte_a(LECTEURS_DES_COURRIERS)
@require_GET
@intitulee("Télécharger une mise en demeure")
def lettre_de_mise_en_demeure(request: Requete, uuid) -> HttpResponseBase:
    visibles = MiseEnDemeure.objects.visibles_par(request.acteur).select_related("document", "engagement")
    mise = objet_ou_404(MiseEnDemeure, request.acteur, uuid, visibles)
    if mise.document and mise.document.est_pret:
        return reponse_fichier(request, mise.document)
    messages.info(request, "La lettre se prépare : réessayez dans un instant.")
    return redirect(mise if request.acteur.est_facilitateur else "accueil")
