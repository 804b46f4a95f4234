"""Les verbes : une fonction POST qui appelle un service, dit ce qui s'est passé et renvoie vers la page de l'objet."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from socle.acces import ouverte_a
from socle.views.bases import objet_ou_404


def verbe(
    acces, modele, *, message: str = "", retour: Callable[[Any], str] = lambda objet: objet.get_absolute_url()
) -> Callable:
    """Décore `(request, objet) -> réponse | None` : accès, POST, portée, refus lisible, puis la page de l'objet ou `retour`."""

    def decorer(vue: Callable) -> Callable:
        @ouverte_a(acces)
        @require_POST
        @wraps(vue)
        def enveloppe(request, uuid, **kwargs) -> HttpResponse:
            objet = objet_ou_404(modele, request.acteur, uuid)
            try:
                reponse = vue(request, objet, **kwargs)
            except ValidationError as refus:
                for motif in refus.messages:
                    messages.error(request, motif)
                return redirect(retour(objet))
            if message:
                messages.success(request, message)
            return reponse or redirect(retour(objet))

        return enveloppe

    return decorer
