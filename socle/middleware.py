from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRedirect

REDIRECTIONS = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER})
_NULS = ("\0", "\\u0000")  # tel quel, ou écrit dans du JSON


class OctetNulMiddleware:
    """Un octet nul n'est jamais du texte, et PostgreSQL le refuse : qui en envoie reçoit une demande fausse, jamais une panne.

    Un formulaire ou un filtre le dit à côté du champ ; ce qui se lit ailleurs, et casse, se dit ici.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        entetes = (valeur for cle, valeur in request.META.items() if cle.startswith("HTTP_"))
        if _a_un_nul((request.path, *entetes, *request.COOKIES.values())):
            raise BadRequest("octet nul")
        return self.get_response(request)

    def process_exception(self, request, exception):
        parametres = (*request.GET.lists(), *request.POST.lists())
        if _a_un_nul(texte for cle, valeurs in parametres for texte in (cle, *valeurs)):
            raise BadRequest("octet nul") from exception


def _a_un_nul(textes: Iterable[str]) -> bool:
    return any(nul in texte for texte in textes for nul in _NULS)


class PagesCompresseesMiddleware(GZipMiddleware):
    """Les pages seules : une liste de 100 ko en pèse 12. Un PDF ou un classeur l'est déjà, un fichier statique aussi.

    Chaque réponse y gagne quelques octets au hasard : docs/decisions/15-des-pages-compressees.md.
    """

    def process_response(self, request, response):
        if not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class PasDeCacheMiddleware:
    """Rien de ce que voit une personne connectée ne reste dans le cache du navigateur (bouton « Précédent » après sortie)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response


class RedirectionHtmxMiddleware:
    """Une page entière n'entre jamais dans un fragment : une redirection, demandée par htmx, emmène toute la page.

    Ainsi une session expirée mène à la connexion, puis ramène à la page d'où la demande est partie.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not request.htmx or response.status_code not in REDIRECTIONS:
            return response
        arrivee = response["Location"]
        if not request.user.is_authenticated and urlsplit(arrivee).path == resolve_url(settings.LOGIN_URL):
            arrivee = redirect_to_login(request.htmx.current_url_abs_path or "/").url
        return HttpResponseClientRedirect(arrivee)
