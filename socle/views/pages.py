"""Les pages que tout le monde peut lire : accessibilité, mentions légales."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from socle.acces import PUBLIC, ouverte_a
from socle.intitules import intitulee
from socle.retention import durees


@ouverte_a(PUBLIC)
@require_safe
@intitulee("La déclaration d'accessibilité")
def accessibilite(request: HttpRequest) -> HttpResponse:
    return render(request, "socle/accessibilite.html", {"contact": settings.CONTACT})


@ouverte_a(PUBLIC)
@require_safe
@intitulee("Les mentions légales et la protection des données")
def mentions_legales(request: HttpRequest) -> HttpResponse:
    contexte = {
        "contact": settings.CONTACT,
        "dpo": settings.DPO,
        "durees": durees(),
        "editeur": settings.EDITEUR,
        "hebergeur": settings.HEBERGEUR,
    }
    return render(request, "socle/mentions_legales.html", contexte)
