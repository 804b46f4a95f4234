"""Les vues enregistrées : deux gestes, qui ramènent à leur page."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from socle.acces import CONNECTES, exiger_acces, ouverte_a
from socle.intitules import intitulee
from socle.models import VueEnregistree
from socle.recherches import PARAMETRE
from socle.requetes import Requete
from socle.services import vues as services
from socle.views.verbes import verbe
from socle.vues import filtres_connus, liste_de, page_de, requete_gardee


@ouverte_a(CONNECTES)
@require_POST
@intitulee("Enregistrer les filtres et les colonnes d'une page")
def enregistrer(request: Requete) -> HttpResponse:
    chemin, requete = request.POST.get("chemin", ""), request.POST.get("requete", "")
    page = page_de(chemin)
    if page is None:
        raise Http404
    exiger_acces(request, page.acces)
    try:
        vue = services.enregistrer_une_vue(
            acteur=request.acteur,
            chemin=chemin,
            nom=request.POST.get("nom", ""),
            requete=requete,
            colonnes=request.POST.getlist("colonne"),
        )
    except ValidationError as refus:
        for motif in refus.messages:
            messages.error(request, motif)
        gardee = requete_gardee(QueryDict(requete), page.parametres_des_vues())
        return redirect(f"{chemin}?{gardee}" if gardee else chemin)
    messages.success(request, f"Vue « {vue.nom} » enregistrée.")
    return redirect(vue)


@ouverte_a(CONNECTES)
@require_POST
@intitulee("Choisir les colonnes d'une liste")
def choisir_les_colonnes(request: Requete) -> HttpResponse:
    """Ramène à la liste, avec ses filtres ; une adresse qui n'en est pas une est introuvable."""
    chemin = request.POST.get("chemin", "")
    liste = liste_de(chemin)
    if liste is None:
        raise Http404
    exiger_acces(request, liste.acces)
    services.choisir_les_colonnes(acteur=request.acteur, chemin=chemin, titres=request.POST.getlist("colonne"))
    connus = {*filtres_connus(liste.filterset_class.base_filters), PARAMETRE}
    gardee = requete_gardee(QueryDict(request.POST.get("requete", "")), connus)
    return redirect(f"{chemin}?{gardee}" if gardee else chemin)


@verbe(CONNECTES, VueEnregistree, message="Vue retirée.", retour=lambda vue: vue.chemin)
@intitulee("Retirer une de ses vues")
def retirer(request: Requete, vue: VueEnregistree) -> None:
    services.retirer_une_vue(acteur=request.acteur, vue=vue)
