"""Les pages d'erreur : dire ce qui s'est passé et donner un chemin de retour."""

import sys
from http import HTTPStatus

from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from socle.stockage import disque_plein

ILLISIBLE = (
    "Ce que votre navigateur a envoyé est incomplet ou abîmé, souvent à cause d'une connexion coupée : réessayez."
)
DEMANDES_REFUSEES: dict[type[Exception], str] = {
    RequestDataTooBig: "Ce que vous envoyez est trop long : un formulaire peut porter 5 Mo de texte, un fichier 20 Mo.",
    TooManyFieldsSent: "Ce formulaire a trop de champs : enregistrez-le en plusieurs fois.",
    TooManyFilesSent: "Trop de fichiers d'un coup : envoyez-les en plusieurs fois.",
    DisallowedHost: "Cette adresse n'est pas celle du site : ouvrez-le par l'adresse que l'administrateur vous a donnée.",
}


def _page(request: HttpRequest, statut: HTTPStatus, titre: str, texte: str, **contexte) -> HttpResponse:
    return render(request, "erreur.html", {"titre": titre, "texte": texte, **contexte}, status=statut)


def mauvaise_demande(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    # Gabarit sans base de données ni session : la demande peut ne pas se lire, son hôte être faux.
    contexte = {
        "texte": next((texte for genre, texte in DEMANDES_REFUSEES.items() if isinstance(exception, genre)), ILLISIBLE),
        "accueil": not isinstance(exception, DisallowedHost),
    }
    return render(None, "400.html", contexte, status=HTTPStatus.BAD_REQUEST)


def acces_refuse(request: HttpRequest, exception=None) -> HttpResponse:
    motif = getattr(exception, "motif", "") or "Votre rôle ne permet pas d'ouvrir cette page."
    return _page(request, HTTPStatus.FORBIDDEN, "Accès refusé", motif)


def introuvable(request: HttpRequest, exception=None) -> HttpResponse:
    titre = getattr(exception, "titre", "Page introuvable")
    texte = getattr(exception, "motif", "") or (
        "L'adresse est fausse, ou cette page ne fait pas partie de ce que votre organisation peut voir."
    )
    return _page(request, HTTPStatus.NOT_FOUND, titre, texte)


def disparu(request: HttpRequest, texte: str) -> HttpResponse:
    """410 : la page a existé, elle n'existe plus (lien expiré, document purgé)."""
    return _page(request, HTTPStatus.GONE, "Cette page n'est plus disponible", texte)


def pas_encore(request: HttpRequest, texte: str) -> HttpResponse:
    """409 : ce qui est demandé existe, mais ne se donne pas encore."""
    return _page(request, HTTPStatus.CONFLICT, "Un instant", texte)


def trop_de_demandes(request: HttpRequest) -> HttpResponse:
    """429 : trop d'essais depuis cette adresse (connexion, mot de passe oublié)."""
    texte = "Trop d'essais en peu de temps depuis votre connexion internet. Attendez une minute, puis recommencez."
    return _page(request, HTTPStatus.TOO_MANY_REQUESTS, "Attendez une minute", texte)


def panne(request: HttpRequest) -> HttpResponse:
    # Gabarit sans base de données ni session : la panne peut venir d'elles.
    plein = disque_plein(sys.exception())
    statut = HTTPStatus.INSUFFICIENT_STORAGE if plein else HTTPStatus.INTERNAL_SERVER_ERROR
    return render(None, "panne.html", {"plein": plein}, status=statut)


def csrf_refuse(request: HttpRequest, reason: str = "") -> HttpResponse:
    texte = (
        "Votre session a expiré ou la page était ouverte depuis trop longtemps : rien n'a été enregistré. "
        "Revenez à la page précédente, votre saisie y est encore ; reconnectez-vous au besoin, puis renvoyez le formulaire."
    )
    return _page(request, HTTPStatus.FORBIDDEN, "Formulaire expiré", texte, expire=True)
