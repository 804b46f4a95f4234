"""Annuler le dernier geste : vérifier le jeton, puis faire le geste inverse, avec ses propres contrôles."""

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.views.decorators.http import require_POST

from socle.acces import CONNECTES, ouverte_a
from socle.annulation import Annulation
from socle.intitules import intitulee
from socle.regles import RegleViolee
from socle.requetes import Requete
from socle.services.annulation import lire_le_temoin_intact

TROP_TARD = "Trop tard : un geste s'annule dans les dix minutes."
PAS_LE_VOTRE = "Ce geste ne peut pas être annulé d'ici."


@ouverte_a(CONNECTES)
@require_POST
@intitulee("Annuler le dernier geste")
def annuler(request: Requete) -> HttpResponse:
    try:
        annulation = Annulation.lue(request.POST.get("jeton", ""))
    except signing.SignatureExpired:
        messages.error(request, TROP_TARD)
        return redirect("accueil")
    except signing.BadSignature:
        messages.error(request, PAS_LE_VOTRE)
        return redirect("accueil")
    if not annulation.est_a(request.acteur):
        messages.error(request, PAS_LE_VOTRE)
        return redirect("accueil")
    try:
        with transaction.atomic():
            lire_le_temoin_intact(annulation)
            vue, arguments, nommes = resolve(annulation.inverse)
            return vue(request, *arguments, **nommes)
    except RegleViolee as refus:
        messages.error(request, refus.motif)
        return redirect(annulation.retour)
