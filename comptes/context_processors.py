from functools import partial

from django.urls import NoReverseMatch, reverse

from comptes.menus import COMPTE, liens, menu_de
from socle.envois import JetonDeFormulaire


def acteur(request) -> dict:
    """L'acteur, ses organisations et son menu, pour la mise en page ; aucune requête de plus."""
    acteur = getattr(request, "acteur", None)
    contexte = {"acteur": acteur, "adhesions": getattr(request, "adhesions", []), "menu": [], "menu_compte": []}
    if acteur is None:
        return contexte
    # Appelées par le gabarit seulement : un fragment ou un courriel ne calcule aucun menu.
    menus = {
        "menu": partial(menu_de, acteur.role, request.path),
        "menu_compte": partial(_compte, acteur.role, request.path),
        "url_changer_organisation": _url_changer_organisation,
    }
    return {**contexte, **menus}


def jeton_de_formulaire(request) -> dict:
    """Le jeton CSRF de tout formulaire, avec l'organisation pour qui la page est ouverte."""
    acteur = getattr(request, "acteur", None)
    organisation = acteur.organisation if acteur else None
    return {"csrf_token": JetonDeFormulaire(request, str(organisation.uuid) if organisation else "")}


def _compte(role, chemin):
    return list(liens(COMPTE, role, chemin))


def _url_changer_organisation() -> str:
    try:
        return reverse("comptes:changer_organisation")
    except NoReverseMatch:
        return ""
