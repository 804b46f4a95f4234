from http import HTTPStatus

from django.shortcuts import render

from comptes.acteur import Acteur
from comptes.autre_organisation import REVENIR, envoi_pour_une_autre
from comptes.models import Adhesion
from socle.acces import PUBLIC, acces_declare
from socle.envois import CHAMP_ORGANISATION

CLE_ORGANISATION = "organisation"


def sans_organisation(vue):
    """Marque une vue ouverte à qui est connecté sans être membre d'aucune organisation."""
    vue.sans_organisation = True
    return vue


def de_toute_page(vue):
    """Marque un geste qui n'écrit dans aucune organisation : il part d'une page ouverte pour n'importe laquelle."""
    vue.de_toute_page = True
    return vue


def _au_nom_d_une_organisation(vue) -> bool:
    """Faux pour un lien sans compte, la connexion, et les pages d'une personne plutôt que d'une organisation."""
    acces = acces_declare(vue)
    de_la_personne = getattr(getattr(vue, "view_class", vue), "sans_organisation", False)
    return acces is not None and acces is not PUBLIC and not de_la_personne


def _adhesion(request, uuid: str | None) -> Adhesion | None:
    return next((a for a in request.adhesions if str(a.organisation.uuid) == uuid), None)


def _agir(request, adhesion: Adhesion | None) -> Acteur:
    if adhesion is None:
        return Acteur(request.user, None, None)
    adhesion.utilisateur = request.user
    return Acteur.membre(adhesion)


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
        if not _au_nom_d_une_organisation(vue):
            return None
        return render(request, "comptes/aucune_organisation.html", status=HTTPStatus.FORBIDDEN)

    @staticmethod
    def _acteur(request) -> Acteur:
        choisie = _adhesion(request, request.session.get(CLE_ORGANISATION))
        return _agir(request, choisie or next(iter(request.adhesions), None))


class OrganisationDeLaPageMiddleware:
    """Une page ouverte pour une organisation n'écrit jamais dans une autre, choisie entre-temps dans un autre onglet.

    L'envoi est refusé et ce qui était tapé reste ; d'un bouton, la personne revient à l'organisation de la page, et le
    même envoi repart. Un lien sans compte ou la connexion n'agissent pour personne : rien n'y est comparé. Un envoi qui ne
    dit rien (un programme, une page d'avant la mise à jour) agit pour l'organisation du moment ; toute page la dit.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, vue, args, kwargs):
        if request.method != "POST" or not request.acteur or not request.acteur.organisation:
            return None
        if not _au_nom_d_une_organisation(vue) or getattr(vue, "de_toute_page", False):
            return None
        de_la_page = request.POST.get(CHAMP_ORGANISATION, "")
        if de_la_page in ("", str(request.acteur.organisation.uuid)):
            return None
        adhesion = _adhesion(request, de_la_page)
        if adhesion is not None and REVENIR in request.POST:
            request.session[CLE_ORGANISATION] = de_la_page
            request.acteur = _agir(request, adhesion)
            return None
        return envoi_pour_une_autre(request, vue, adhesion)
