from django.db import connection
from django.http import HttpRequest, JsonResponse

from socle.acces import PUBLIC, ouverte_a


@ouverte_a(PUBLIC)
def sante(request: HttpRequest) -> JsonResponse:
    """Vivant et relié à sa base : la sonde des conteneurs et de l'exploitation."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT 1")
    return JsonResponse({"etat": "ok"})
