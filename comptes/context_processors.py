from functools import partial

from django.urls import NoReverseMatch, reverse

from comptes.aide.guides import chapitre_de
from comptes.aide.visite import en_cours
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


def aide(request) -> dict:
    """Le chapitre qui explique la page demandée, et l'étape de la visite qui s'y arrête ; aucune requête de plus."""
    acteur = getattr(request, "acteur", None)
    page = request.resolver_match.view_name if request.resolver_match else ""
    role = acteur.role if acteur else None
    return {
        "chapitre_d_aide": partial(chapitre_de, role, page),
        "arret_de_visite": partial(en_cours, request, role) if role else None,
    }


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
