from collections.abc import Iterable

from django.core.exceptions import BadRequest
from django.utils.cache import add_never_cache_headers

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


class PasDeCacheMiddleware:
    """Rien de ce que voit une personne connectée ne reste dans le cache du navigateur (bouton « Précédent » après sortie)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response
