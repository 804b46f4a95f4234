"""Les suggestions de métiers, pour tout champ qui en désigne un."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from metiers.models import Metier
from socle.acces import CONNECTES, ouverte_a
from socle.intitules import intitulee
from socle.requetes import Requete

SUGGESTIONS = 12


@ouverte_a(CONNECTES)
@require_GET
@intitulee("Les options d'un champ métier")
def suggestions(request: Requete) -> HttpResponse:
    """Les options d'un champ métier : `?q=`, ou `?champ=nom_du_champ&nom_du_champ=` comme htmx l'envoie."""
    demande = request.GET.get("q") or request.GET.get(request.GET.get("champ", ""), "")
    metiers = Metier.objects.visibles_par(request.acteur).chercher(demande)[:SUGGESTIONS] if demande.strip() else []
    return render(request, "metiers/suggestions.html", {"metiers": metiers})
