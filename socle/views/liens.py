"""Entrer par un lien signé : la page d'accueil ne montre rien ; son bouton ouvre une session bornée à un objet.

Un robot qui suit les liens d'un courriel n'ouvre donc rien, et l'adresse de la page de travail ne porte plus de jeton.
"""

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from socle.acces import PUBLIC, ouverte_a
from socle.erreurs import disparu
from socle.models import Lien
from socle.services.liens import LienFerme, lien_du_jeton, marquer_ouvert, usage_de

CLE_SESSION = "liens"


@ouverte_a(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def lien(request: HttpRequest, jeton: str) -> HttpResponse:
    """Ouvrir un lien signé"""
    try:
        lien_signe = lien_du_jeton(jeton)
    except LienFerme as ferme:
        return disparu(request, ferme.motif)
    usage = usage_de(lien_signe)
    if request.method == "POST":
        marquer_ouvert(lien_signe)
        request.session[CLE_SESSION] = {
            **request.session.get(CLE_SESSION, {}),
            str(lien_signe.objet_uuid): lien_signe.pk,
        }
        return redirect(usage.adresse(lien_signe))
    reponse = render(request, "socle/lien.html", {"usage": usage, "lien": lien_signe})
    # L'adresse, qui porte le jeton, ne sort jamais dans un Referer ; « no-referrer » rendrait aussi l'Origin nul, et le
    # bouton serait refusé par la protection CSRF.
    reponse["Referrer-Policy"] = "strict-origin"
    return reponse


def lien_en_session(request: HttpRequest, usage: str, objet_uuid: uuid.UUID) -> Lien:
    """Le lien par lequel cette session est entrée pour cet objet ; 404 sinon, ou s'il s'est fermé depuis."""
    cle = request.session.get(CLE_SESSION, {}).get(str(objet_uuid))
    lien_signe = Lien.objects.ouverts().filter(pk=cle, usage=usage, objet_uuid=objet_uuid).first() if cle else None
    if lien_signe is None:
        raise Http404("Ce lien n'ouvre plus rien.")
    return lien_signe


def ouverte_par_lien(usage: str) -> Callable:
    """Décore une page publique `(request, uuid, …)` : elle ne s'ouvre qu'entré par un lien de cet usage (`request.lien`)."""

    def decorer(vue: Callable) -> Callable:
        @ouverte_a(PUBLIC)
        @never_cache
        @wraps(vue)
        def enveloppe(request, uuid, **kwargs):
            request.lien = lien_en_session(request, usage, uuid)
            return vue(request, uuid, **kwargs)

        return enveloppe

    return decorer
