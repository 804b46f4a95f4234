"""Ce que lisent les sondes et l'outil de surveillance : rien ici n'est fait pour une personne."""

import secrets
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from socle.acces import PUBLIC, ouverte_a
from socle.intitules import intitulee
from socle.metriques import exposer
from socle.services.etat import OK, PANNE, etat_de_l_installation


@ouverte_a(PUBLIC)
@never_cache
@intitulee("La sonde des conteneurs et de l'exploitation")
def sante(request: HttpRequest) -> JsonResponse:
    """Disponible ? 503 si la base ne répond pas : ne rien lui envoyer. Dégradé, le site sert encore."""
    etat = etat_de_l_installation()
    return JsonResponse(etat, status=HTTPStatus.SERVICE_UNAVAILABLE if etat["etat"] == PANNE else HTTPStatus.OK)


@ouverte_a(PUBLIC)
@never_cache
@require_safe
@intitulee("La sonde de vie : le processus répond")
def vie(request: HttpRequest) -> JsonResponse:
    """Vivant ? Sans toucher à la base ni à Redis : leur panne ne se répare pas en relançant le site."""
    return JsonResponse({"etat": OK})


@ouverte_a(PUBLIC)
@never_cache
@intitulee("Les métriques, pour l'outil de surveillance")
def metriques(request: HttpRequest) -> HttpResponse:
    """Pour qui porte le jeton réglé (`METRIQUES_JETON`) ; pour tout autre, et sans jeton réglé, la page n'existe pas."""
    attendu = f"Bearer {settings.METRIQUES_JETON}"
    donne = request.headers.get("Authorization", "")
    if not settings.METRIQUES_JETON or not secrets.compare_digest(donne.encode(), attendu.encode()):
        raise Http404
    return HttpResponse(exposer(), content_type=CONTENT_TYPE_LATEST)
