"""L'aide : la page d'accueil, un guide entier, un chapitre ; et la visite guidée."""

import re

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from comptes.aide.guides import Guide, guide_de, guides
from comptes.aide.visite import CLE, arret
from comptes.enums import Role
from socle.acces import CONNECTES, PUBLIC, ouverte_a
from socle.intitules import intitulee
from socle.requetes import Requete


@ouverte_a(PUBLIC)
@require_safe
@intitulee("L'aide et les guides")
def aide(request: Requete) -> HttpResponse:
    """Son guide d'abord, s'il en a un, puis ceux des autres."""
    sien = guide_de(_role(request))
    autres = [guide for guide in guides().values() if guide != sien]
    return render(request, "comptes/aide/accueil.html", {"sien": sien, "autres": autres})


@ouverte_a(PUBLIC)
@require_safe
@intitulee("Un guide entier, à lire ou à imprimer")
def guide(request: Requete, cle: str) -> HttpResponse:
    return render(request, "comptes/aide/guide.html", {"guide": _guide(cle)})


@ouverte_a(PUBLIC)
@require_safe
@vary_on_headers("HX-Request")
@intitulee("Un chapitre d'un guide")
def chapitre(request: Requete, cle: str, chapitre: str) -> HttpResponse:
    """La page ; ou son seul texte, pour le panneau que « ? » ouvre par-dessus la page où l'on est."""
    guide = _guide(cle)
    rang = next((rang for rang, un in enumerate(guide.chapitres) if un.cle == chapitre), None)
    if rang is None:
        raise Http404
    contexte = {
        "guide": guide,
        "chapitre": guide.chapitres[rang],
        "precedent": guide.chapitres[rang - 1] if rang else None,
        "suivant": guide.chapitres[rang + 1] if rang + 1 < len(guide.chapitres) else None,
    }
    gabarit = "comptes/aide/chapitre.html"
    return render(request, f"{gabarit}#panneau" if request.htmx else gabarit, contexte)


@ouverte_a(CONNECTES)
@require_POST
@intitulee("Suivre la visite guidée")
def visiter(request: Requete) -> HttpResponse:
    """L'étape demandée, la première si rien n'est dit ; après la dernière, la visite est finie."""
    ici = arret(_role(request), _rang(request))
    if ici is None:
        request.session.pop(CLE, None)
        messages.success(request, "La visite est finie. « ? » explique chaque page, quand vous voulez.")
        return redirect("comptes:aide")
    request.session[CLE] = ici.rang
    return redirect(ici.adresse)


@ouverte_a(CONNECTES)
@require_POST
@intitulee("Quitter la visite guidée")
def visite_quitter(request: Requete) -> HttpResponse:
    ici = arret(_role(request), request.session.pop(CLE, 0))
    return redirect(ici.adresse if ici else "comptes:aide")


def _guide(cle: str) -> Guide:
    if cle not in guides():
        raise Http404
    return guides()[cle]


def _rang(request: Requete) -> int:
    """Une étape qui ne s'écrit pas en chiffres n'existe pas."""
    tape = request.POST.get("etape", "1")
    return int(tape) if re.fullmatch("[0-9]{1,3}", tape) else 0


def _role(request: Requete) -> Role | None:
    return request.acteur.role if request.acteur else None
