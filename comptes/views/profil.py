"""Mon compte : mon profil, l'organisation pour qui j'agis."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from comptes.forms.organisations import ProfilForm
from comptes.middleware import CLE_ORGANISATION, de_toute_page, sans_organisation
from comptes.models import Utilisateur
from comptes.services import modifier_profil
from socle.acces import CONNECTES, ouverte_a
from socle.intitules import intitulee
from socle.requetes import Requete
from socle.views import EditionView


@sans_organisation
class ProfilView(EditionView):
    """Mon compte : mon nom, mon téléphone, la sécurité de ma connexion."""

    titre = "Mon compte"
    acces = CONNECTES
    form_class = ProfilForm
    template_name = "comptes/mon_compte.html"
    message = "C'est enregistré."

    def lire_objet(self):
        return self.request.user

    def relire_objet(self):
        return Utilisateur.objects.select_for_update().get(pk=self.acteur.utilisateur.pk)

    def enregistrer(self, form):
        return modifier_profil(acteur=self.acteur, **form.valeurs())

    def get_success_url(self):
        return reverse("comptes:mon_compte")

    def get_retour(self):
        return reverse("accueil")


@de_toute_page
@ouverte_a(CONNECTES)
@require_POST
@intitulee("Choisir l'organisation pour qui j'agis, parmi les miennes")
def changer_organisation(request: Requete) -> HttpResponse:
    demandee = request.POST.get("organisation", "")
    if demandee not in {str(adhesion.organisation.uuid) for adhesion in request.adhesions}:
        raise Http404
    request.session[CLE_ORGANISATION] = demandee
    return redirect("accueil")
