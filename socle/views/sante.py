from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from socle.acces import PUBLIC, ouverte_a
from socle.intitules import intitulee
from socle.services.etat import PANNE, etat_de_l_installation


@ouverte_a(PUBLIC)
@never_cache
@intitulee("La sonde des conteneurs et de l'exploitation")
def sante(request: HttpRequest) -> JsonResponse:
    """La sonde des conteneurs et de l'exploitation : 503 si la base ne répond pas ; dégradé, le site sert encore."""
    etat = etat_de_l_installation()
    return JsonResponse(etat, status=HTTPStatus.SERVICE_UNAVAILABLE if etat["etat"] == PANNE else HTTPStatus.OK)
