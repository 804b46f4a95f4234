"""Entrer par un lien signé : la page d'accueil ne montre rien ; son bouton ouvre une session bornée à un objet.

Un robot qui suit les liens d'un courriel n'ouvre donc rien, et l'adresse de la page de travail ne porte plus de jeton.
"""

import uuid
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from socle.acces import PUBLIC, ouverte_a
from socle.erreurs import disparu, trop_de_demandes
from socle.forms import CodeForm
from socle.intitules import intitulee
from socle.limites import trop_souvent
from socle.models import Lien
from socle.regles import RegleViolee
from socle.requetes import Requete
from socle.services.codes import code_en_cours, code_est_bon, envoyer_code
from socle.services.liens import LienFerme, lien_du_jeton, marquer_ouvert, usage_de
from socle.texte import courriel_masque

CLE_SESSION, CLE_CODES = "liens", "codes"
JETONS_INCONNUS, CODES_ESSAYES = 20, 20  # par minute et par adresse


@ouverte_a(PUBLIC)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@intitulee("Ouvrir un lien signé")
def lien(request: Requete, jeton: str) -> HttpResponse:
    try:
        lien_signe = lien_du_jeton(jeton)
    except LienFerme as ferme:
        if trop_souvent(request, "lien", essais=JETONS_INCONNUS):
            return trop_de_demandes(request)
        return disparu(request, ferme.motif)
    usage = usage_de(lien_signe)
    if request.method == "POST":
        marquer_ouvert(lien_signe)
        request.session.cycle_key()  # entrer change de session : celle d'avant, connue d'un autre, n'ouvre rien
        request.session[CLE_SESSION] = {
            **request.session.get(CLE_SESSION, {}),
            str(lien_signe.objet_uuid): lien_signe.pk,
        }
        return redirect(usage.adresse(lien_signe))
    reponse = render(request, "socle/lien.html", {"usage": usage, "lien": lien_signe})
    # L'adresse, qui porte le jeton, ne sort jamais dans un Referer ; « no-referrer » rendrait aussi l'Origin nul, et le
    # bouton serait refusé par la protection CSRF.
    reponse["Referrer-Policy"] = "strict-origin"
    return reponse


def lien_en_session(request: Requete, usage: str, objet_uuid: uuid.UUID) -> Lien:
    """Le lien par lequel cette session est entrée pour cet objet : 404 sans lui, `LienFerme` s'il s'est fermé depuis."""
    cle = request.session.get(CLE_SESSION, {}).get(str(objet_uuid))
    if cle is None:
        raise Http404("Cette page ne s'ouvre que par un lien.")
    valables = Lien.objects.en_session().select_related("structure")
    lien_signe = valables.filter(pk=cle, usage=usage, objet_uuid=objet_uuid).first()
    if lien_signe is None:
        raise LienFerme
    return lien_signe


def a_donne_son_code(request: Requete) -> bool:
    """Dans cette session, pour le lien par lequel on est entré."""
    return request.lien.pk in request.session.get(CLE_CODES, [])


def demander_code(request: Requete, *, suite: str, retour: str) -> HttpResponse:
    """La page du code : l'envoyer à l'adresse du lien, le vérifier ; bon, il ouvre `suite` pour toute la session."""
    if a_donne_son_code(request):
        return redirect(suite)
    form = CodeForm(request.POST if request.method == "POST" and "code" in request.POST else None)
    if request.method == "POST":
        if trop_souvent(request, "code", essais=CODES_ESSAYES):
            return trop_de_demandes(request)
        if "code" not in request.POST:
            return _envoyer_le_code(request)
        if form.is_valid():
            if code_est_bon(request.lien, form.cleaned_data["code"]):
                request.session[CLE_CODES] = [*request.session.get(CLE_CODES, []), request.lien.pk]
                request.session.cycle_key()
                return redirect(suite)
            form.add_error(
                "code", "Ce code n'est pas le bon, ou il ne vaut plus : relisez-le, ou demandez-en un autre."
            )
    contexte = {
        "form": form,
        "retour": retour,
        "adresse": courriel_masque(request.lien.destinataire),
        "parti": code_en_cours(request.lien),
    }
    return render(request, "socle/code.html", contexte)


def _envoyer_le_code(request: Requete) -> HttpResponse:
    try:
        envoyer_code(request.lien)
    except RegleViolee as refus:
        messages.error(request, refus.motif)
    else:
        messages.success(request, "Code envoyé : il arrive dans une minute, et vaut dix minutes.")
    return redirect(request.get_full_path())


def ouverte_par_lien(usage: str) -> Callable:
    """Décore une page publique `(request, uuid, …)` : elle ne s'ouvre qu'entré par un lien de cet usage (`request.lien`)."""

    def decorer(vue: Callable) -> Callable:
        @ouverte_a(PUBLIC)
        @never_cache
        @wraps(vue)
        def enveloppe(request, uuid, **kwargs):
            try:
                request.lien = lien_en_session(request, usage, uuid)
            except LienFerme as ferme:
                return disparu(request, ferme.motif)
            return vue(request, uuid, **kwargs)

        return enveloppe

    return decorer
