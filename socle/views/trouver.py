"""« Rechercher » : une page, et le panneau que Ctrl K ouvre par-dessus toutes les autres.

Ce qui est tapé peut nommer quelqu'un : il se poste, et ne s'écrit dans aucune adresse.
"""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from socle.acces import CONNECTES, ouverte_a
from socle.intitules import intitulee
from socle.limites import trop_souvent
from socle.requetes import Requete
from socle.trouver import chercher, retrouver

ESSAIS_PAR_MINUTE = 300  # une recherche à chaque lettre tapée, par toute une équipe derrière une même adresse
RECENTS_AU_PLUS = 12


@intitulee("Rechercher")
@ouverte_a(CONNECTES)
@require_http_methods(["GET", "HEAD", "POST"])
def trouver(request: Requete) -> HttpResponse:
    tape = request.POST.get("cherche", "").strip()
    lente = request.method == "POST" and trop_souvent(request, "trouver", essais=ESSAIS_PAR_MINUTE)
    if lente or request.acteur is None:
        groupes = []
    elif tape:
        groupes = chercher(request.acteur, tape)
    else:
        groupes = retrouver(request.acteur, request.POST.get("recents", "").split()[:RECENTS_AU_PLUS])
    contexte = {
        "tape": tape,
        "groupes": groupes,
        "nombre": sum(len(groupe.trouvailles) for groupe in groupes),
        "attendre": lente,
    }
    return render(request, _gabarit(request), contexte, status=429 if lente else 200)


def _gabarit(request: Requete) -> str:
    """La page entière ; pour le panneau, lui seul ; pour une lettre de plus, ses résultats."""
    if not request.htmx:
        return "socle/trouver.html"
    return "socle/trouver.html#resultats" if request.method == "POST" else "socle/trouver.html#panneau"
