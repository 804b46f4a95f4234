"""L'entrée de chacun : la première page utile à son rôle."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from comptes.enums import FACILITATEURS, Role
from socle.acces import CONNECTES, ouverte_a

PAGES = {
    **{role: "marches:liste" for role in FACILITATEURS},
    Role.MAITRE_OUVRAGE: "marches:liste",
    Role.ENTREPRISE: "marches:mes_engagements",
    Role.ADMINISTRATEUR: "comptes:organisations",
}


@ouverte_a(CONNECTES)
@require_GET
def accueil(request: HttpRequest) -> HttpResponse:
    """Accueil"""
    return redirect(PAGES.get(request.acteur.role, "documents"))
