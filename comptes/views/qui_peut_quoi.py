"""La page « Qui peut quoi » : rien n'y est écrit à la main."""

from django.views.generic import TemplateView

from comptes.enums import Role
from comptes.middleware import sans_organisation
from comptes.qui_peut_quoi import domaines, portees
from socle.acces import CONNECTES
from socle.views import VueProtegee


@sans_organisation
class QuiPeutQuoiView(VueProtegee, TemplateView):
    """Qui peut quoi : chaque page et chaque geste, rôle par rôle."""

    titre = "Qui peut quoi"
    acces = CONNECTES
    template_name = "comptes/qui_peut_quoi.html"

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "titre": self.titre,
            "roles": list(Role),
            "domaines": domaines(),
            "portees": portees(),
        }
