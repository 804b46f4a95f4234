"""La page « Qui peut quoi » : rien n'y est écrit à la main."""

from django.http import Http404
from django.views.generic import TemplateView

from comptes.enums import Role
from comptes.middleware import sans_organisation
from comptes.qui_peut_quoi import domaines, portees
from socle.acces import CONNECTES
from socle.views import VueProtegee

TOUS = "tous"
TIENT_OUVERT = 60  # lignes ; au-delà, chaque domaine se déplie


@sans_organisation
class QuiPeutQuoiView(VueProtegee, TemplateView):
    """Ce que peut son rôle d'abord ; un autre, ou tous côte à côte, à la demande."""

    titre = "Qui peut quoi"
    acces = CONNECTES
    template_name = "comptes/qui_peut_quoi.html"

    def get_context_data(self, **kwargs):
        role, lus = self._role(), domaines()
        ouverts = [(domaine.nom, domaine.titres_de(role)) for domaine in lus] if role else []
        deplie = sum(len(titres) for _, titres in ouverts) <= TIENT_OUVERT
        return {
            **super().get_context_data(**kwargs),
            "titre": self.titre,
            "roles": list(Role),
            "role": role,
            "sien": role is not None and role == self.acteur.role,
            "tous": TOUS,
            "deplie": deplie,
            "ouverts": [(nom, titres) for nom, titres in ouverts if titres],
            "domaines": [] if role else lus,
            "portees": portees(),
        }

    def _role(self) -> Role | None:
        """Celui demandé, le sien si rien n'est dit ; aucun pour les voir tous, ou si l'on n'en a pas."""
        demande = self.request.GET.get("role") or self.acteur.role or TOUS
        if demande == TOUS:
            return None
        if demande not in Role:
            raise Http404
        return Role(demande)
