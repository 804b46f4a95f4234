"""La page de refus d'un envoi préparé pour une autre organisation : ce qui était tapé y reste, prêt à repartir."""

from contextlib import suppress
from http import HTTPStatus

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render

from comptes.models import Adhesion
from socle.envois import CHAMP_ORGANISATION, JetonDeFormulaire
from socle.requetes import Requete
from socle.services.clair import en_mots

REVENIR = "revenir_a_l_organisation"
_REPOSES = frozenset({"csrfmiddlewaretoken", CHAMP_ORGANISATION, REVENIR})
_ILLISIBLES = frozenset({"jeton_envoi", "version"})


def envoi_pour_une_autre(request: Requete, vue, adhesion: Adhesion | None) -> HttpResponse:
    """409. `adhesion` : celle de la personne dans l'organisation de la page, si elle en est encore membre."""
    cible = adhesion and adhesion.organisation
    recus = request.POST.lists()
    champs = [(nom, valeur) for nom, valeurs in recus if nom not in _REPOSES for valeur in valeurs]
    contexte = {
        "actuelle": request.acteur.organisation,
        "cible": cible,
        "jeton_de_la_page": JetonDeFormulaire(request, str(cible.uuid)) if cible else "",
        "revenir": REVENIR,
        "champs": champs,
        "saisie": _saisie_lisible(vue, champs),
        "fichiers": [fichier.name for _, fichiers in request.FILES.lists() for fichier in fichiers],
    }
    return render(request, "comptes/autre_organisation.html", contexte, status=HTTPStatus.CONFLICT)


def _saisie_lisible(vue, champs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Ce qui a été tapé, sous son libellé quand la vue dit son formulaire. Un choix se garde mais ne se relit pas ici."""
    formulaire = getattr(getattr(vue, "view_class", vue), "form_class", None)
    connus = getattr(formulaire, "base_fields", {})
    lisibles = []
    for nom, valeur in champs:
        champ = connus.get(nom)
        if nom in _ILLISIBLES or not valeur.strip() or isinstance(champ, forms.ChoiceField):
            continue
        lisibles.append(
            (champ.label if champ and champ.label else nom.replace("_", " ").capitalize(), _dite(champ, valeur))
        )
    return lisibles


def _dite(champ: forms.Field | None, valeur: str) -> str:
    """Une case cochée et un jour comme on les dit ; le reste, tel qu'il est tapé."""
    if isinstance(champ, forms.BooleanField):
        return "oui"
    with suppress(ValidationError):
        return en_mots(champ.to_python(valeur)) if isinstance(champ, forms.DateField) else valeur
    return valeur
