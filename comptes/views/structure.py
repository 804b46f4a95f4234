"""Les premiers pas d'une structure, et son logo."""

from django.http import FileResponse, Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import TemplateView

from comptes.enums import FACILITATEURS, FACILITATEURS_QUI_ECRIVENT, RESPONSABLES
from comptes.forms.organisations import LogoForm
from comptes.models import Logo
from comptes.premiers_pas import pas_de
from comptes.services import passer_un_pas, poser_logo, reprendre_un_pas, retirer_logo
from socle.acces import ouverte_a
from socle.intitules import intitulee
from socle.premiers_pas import RUBRIQUES, tous_les_pas
from socle.requetes import Requete
from socle.stockage import ouvrir
from socle.views import CreationView, VueProtegee
from socle.views.bases import dire


class PremiersPasView(VueProtegee, TemplateView):
    """Ce qu'une structure neuve règle et saisit d'abord ; la page se vide à mesure."""

    intitule = "Les premiers pas de ma structure"
    acces = FACILITATEURS_QUI_ECRIVENT
    template_name = "comptes/premiers_pas.html"

    def get_context_data(self, **kwargs):
        lus = pas_de(self.acteur.agit_pour)
        restent = [lu.pas for lu in lus if lu.reste]
        return {
            **super().get_context_data(**kwargs),
            "rubriques": [(nom, siens) for nom in RUBRIQUES if (siens := [p for p in restent if p.rubrique == nom])],
            "restent": len(restent),
            "premier": next((pas for pas in restent if self.acteur.role in pas.roles), None),
            "faits": [lu.pas for lu in lus if lu.fait],
            "passes": [lu.pas for lu in lus if lu.passe and not lu.fait],
        }


@ouverte_a(RESPONSABLES)
@require_POST
@intitulee("Laisser de côté un premier pas")
def passer(request: Requete, cle: str):
    if cle not in {pas.cle for pas in tous_les_pas()}:
        raise Http404
    passer_un_pas(acteur=request.acteur, cle=cle)
    dire(request, "Laissé de côté. Vous le retrouvez au bas de la page.")
    return redirect("comptes:premiers_pas")


@ouverte_a(RESPONSABLES)
@require_POST
@intitulee("Reprendre un premier pas laissé de côté")
def reprendre(request: Requete, cle: str):
    reprendre_un_pas(acteur=request.acteur, cle=cle)
    return redirect("comptes:premiers_pas")


class LogoView(CreationView):
    """Déposer le logo de la structure."""

    titre = "Logo de la structure"
    acces = RESPONSABLES
    form_class = LogoForm
    template_name = "comptes/logo.html"
    bouton = "Déposer"
    message = "Le logo est enregistré."

    def enregistrer(self, form) -> Logo:
        return poser_logo(acteur=self.acteur, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("comptes:logo")

    def get_retour(self) -> str:
        return reverse("comptes:premiers_pas")

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "logo": Logo.objects.visibles_par(self.acteur).en_place().first()}


@ouverte_a(RESPONSABLES)
@require_POST
@intitulee("Retirer le logo de la structure")
def retirer(request: Requete):
    retirer_logo(acteur=request.acteur)
    dire(request, "Le logo est retiré.")
    return redirect("comptes:logo")


@ouverte_a(FACILITATEURS)
@require_GET
@intitulee("L'image du logo de ma structure")
def image(request: Requete):
    logo = Logo.objects.visibles_par(request.acteur).en_place().first()
    if logo is None:
        raise Http404
    reponse = FileResponse(ouvrir(logo.image), content_type="image/png")
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Cache-Control"] = "private, no-store"
    return reponse
