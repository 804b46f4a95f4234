from http import HTTPStatus

from django.shortcuts import render

from comptes.acteur import Acteur
from comptes.enums import Role
from comptes.models import Adhesion
from socle.acces import PUBLIC, acces_declare

CLE_ORGANISATION = "organisation"


def sans_organisation(vue):
    """Marque une vue ouverte à qui est connecté sans être membre d'aucune organisation."""
    vue.sans_organisation = True
    return vue


class ActeurMiddleware:
    """Pose `request.acteur` et `request.adhesions`, d'une seule requête jointe. Anonyme : `acteur` vaut `None`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.acteur, request.adhesions = None, []
        if request.user.is_authenticated:
            request.adhesions = list(
                Adhesion.objects.en_vigueur().filter(utilisateur=request.user).select_related("organisation")
            )
            request.acteur = self._acteur(request)
        return self.get_response(request)

    def process_view(self, request, vue, args, kwargs):
        """Un compte sans adhésion en vigueur (nouveau, ou retiré à l'instant) n'ouvre que ses propres pages."""
        if request.acteur is None or request.acteur.organisation is not None:
            return None
        acces = acces_declare(vue)
        if acces is None or acces is PUBLIC or getattr(getattr(vue, "view_class", vue), "sans_organisation", False):
            return None
        return render(request, "comptes/aucune_organisation.html", status=HTTPStatus.FORBIDDEN)

    @staticmethod
    def _acteur(request) -> Acteur:
        choisie = request.session.get(CLE_ORGANISATION)
        adhesions = request.adhesions
        adhesion = next((a for a in adhesions if str(a.organisation.uuid) == choisie), None) or next(
            iter(adhesions), None
        )
        if adhesion is None:
            return Acteur(request.user, None, None)
        return Acteur(request.user, adhesion.organisation, Role(adhesion.role))
