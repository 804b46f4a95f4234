from django.utils.cache import add_never_cache_headers


class PasDeCacheMiddleware:
    """Rien de ce que voit une personne connectée ne reste dans le cache du navigateur (bouton « Précédent » après sortie)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response
